"""A seat at one radio for as long as a command lasts: its state, its narration, its deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from bletui import registry
from bletui.cli.answering import Answers
from bletui.cli.forms import JsonLines
from bletui.cli.hearing import Hearing
from bletui.cli.linkrecords import link_object, operation_object
from bletui.cli.narration import say
from bletui.cli.progress import words
from bletui.cli.wanted import Wanted
from bletui.devices import DeviceStore
from bletui.errors.card import one_line
from bletui.failure import BleError, ErrorKind, Failure
from bletui.log.naming import with_names
from bletui.model import (
    Advertisement,
    Event,
    Folding,
    Lane,
    LinkChanged,
    OperationChanged,
    OpId,
    Owner,
    Prompt,
    PromptClosed,
    Request,
    Result,
    Role,
    Snapshot,
    StreamChanged,
)
from bletui.news import News
from bletui.radio import Attachment
from bletui.session import named
from bletui.target import invalid, is_address
from bletui.text import visible

OWNER = "cli"
_LATE = (ErrorKind.LINK_CONNECT_TIMEOUT, ErrorKind.GATT_TIMEOUT)
T = TypeVar("T")
Take = Callable[[Sequence[Event]], Awaitable[None]]


class Attached:
    """Narrates on stderr; its deadline begins with it."""

    def __init__(self, radio: str, seat: Attachment, wanted: Wanted, answers: Answers) -> None:
        self.radio = radio
        self.seat = seat
        self.wanted = wanted
        self.down: LinkChanged | None = None  # how the link to the wanted device ended last
        self.take: Take | None = None  # is handed every batch; while it takes its time, the radio sheds and counts
        self._answers = answers
        self.renew_deadline()
        self._folding = Folding(replace(seat.snapshot, heard={}))
        self._heard = any(wanted.address in lane for lane in seat.snapshot.heard.values())
        self._namesakes = None if is_address(wanted.address) else DeviceStore()
        self._hearing = Hearing(JsonLines())
        self._news = News()
        self._questions: dict[int, asyncio.Task[None]] = {}
        self._narrate((*seat.snapshot.lanes.values(), *seat.snapshot.streams.values()))

    @property
    def now(self) -> Snapshot:
        return self._folding.snapshot()

    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self._ends - asyncio.get_running_loop().time())

    def renew_deadline(self) -> None:
        """It begins anew, where a command does several things one after the other."""
        self._ends = asyncio.get_running_loop().time() + self.wanted.deadline

    async def follow(self, group: asyncio.TaskGroup) -> None:
        """Keeps the state, narrates, asks what pairing asks; until cancelled or the radio ends."""
        async for batch in self.seat.events():
            rare = [event for event in batch.events if type(event) is not Advertisement]
            self._folding.extend(rare)
            self._heard = self._heard or any(
                type(event) is Advertisement and event.address == self.wanted.address for event in batch.events
            )
            if self._namesakes is not None:
                self._namesakes.update([event for event in batch.events if type(event) is Advertisement])
            self._narrate(rare)
            for event in rare:
                self._ask(group, event)
            if self.take is not None:
                await self.take(batch.events)
            self._news.tell()

    async def perform(self, request: Request, deadline: float | None = None) -> Result:
        """The result within `deadline` seconds, or what is left of the command's own.

        Where no lane is usable, the failure of that says why it is late.
        """
        try:
            return await self.seat.perform(
                request, limit=self.wanted.limit, deadline=self.left() if deadline is None else deadline
            )
        except BleError as failed:
            worst = self._hearing.worst()
            if worst is not None and not self._usable() and failed.failure.kind in _LATE:
                raise BleError(worst) from failed
            if self._answers.unanswered and failed.failure.kind is ErrorKind.SECURITY_PAIRING_FAILED:
                raise BleError(replace(failed.failure, detail=self._answers.unanswered)) from failed
            raise

    async def until(self, met: Callable[[], T | None], within: float | None) -> T | None:
        """What `met` gives as soon as it is not None; None after `within` seconds."""
        return await self._news.first(met, within)

    async def lane(self, asked: str | None) -> str | None:
        """The id of the lane that `asked` names (None: any), once a lane can be used.

        Raises the radio's gravest failure as soon as none can, or the failure of the one that is named;
        `request.invalid` for a lane that is not there.
        """
        await self._unless_hopeless(lambda: self._usable() or None, self.left())
        if asked is None:
            return None
        lanes = self.now.lanes
        for lane in (changed.lane for changed in lanes.values()):
            if asked in (lane.id, lane.name, lane.id.partition("/")[2]):
                if lane.usable is not None:
                    raise BleError(lane.usable)
                return lane.id
        raise invalid(f"no lane is called {asked!r}; there are {', '.join(lanes) or 'none'}")

    async def heard(self, lane: str | None) -> None:
        """Waits until the device is heard or a link to it is told of, for one attempt's limit; else `link.not-seen`.

        `request.invalid` as soon as a device is heard that calls itself so: anybody may send a name.
        """
        within = min(self.wanted.limit, self.left())
        address = self.wanted.address
        met = await self._unless_hopeless(lambda: self._heard or self.link(lane) or self._called_so() or None, within)
        if met is None:
            detail = f"not heard within {within:g} s; with --type it is connected to without listening first"
            if not is_address(address):
                detail = f"{address!r} was not heard within {within:g} s, and is no address like A4:C1:38:0B:7F:2A"
            raise BleError(
                self._hearing.worst()
                or Failure(kind=ErrorKind.LINK_NOT_SEEN, operation="connect", address=address, detail=detail)
            )
        if isinstance(met, list):
            raise invalid(
                f"{address!r} is what {' and '.join(met)} calls itself; give the address, or name the device in "
                "[names.addresses] of the configuration"
            )

    def _called_so(self) -> list[str]:
        """The devices whose own name it is that was given for an address."""
        devices = self._namesakes.devices.values() if self._namesakes is not None else ()
        asked = self.wanted.address.casefold()
        return [one.address for one in devices if (one.name or "").casefold() == asked]

    def link(self, lane: str | None) -> LinkChanged | None:
        """The link to the wanted device, if it is up there."""
        links = self._folding.links_to(self.wanted.address)
        return next((link for link in links if link.state == "up" and lane in (None, link.peer.lane)), None)

    async def _unless_hopeless(self, met: Callable[[], T | None], within: float) -> T | None:
        def found() -> tuple[T | None] | None:
            if (answer := met()) is not None:
                return (answer,)
            return (None,) if self._hearing.worst() is not None and not self._usable() else None

        answer = (await self.until(found, within) or (None,))[0]
        if answer is None and not self._usable():
            raise BleError(self._hearing.worst() or _no_lane(self.radio))
        return answer

    def _usable(self) -> list[Lane]:
        return [changed.lane for changed in self.now.lanes.values() if changed.lane.usable is None]

    def _ask(self, group: asyncio.TaskGroup, event: Event) -> None:
        match event:
            case Prompt(id=number, peer=peer) if peer.address == self.wanted.address:  # others answer theirs
                self._questions[number] = group.create_task(self._answers.answer(self.seat, event))
            case PromptClosed(id=number) if number in self._questions:
                self._questions.pop(number).cancel()

    def _narrate(self, events: Sequence[Event]) -> None:
        for event in events:
            for told, record in self._hearing.narrate(self.radio, (event,)):
                well = isinstance(event, StreamChanged) and event.failure is None
                self.say("" if well else told, record)
            match event:
                case OperationChanged(at=at, operation=operation) if self._is_ours(operation.id):
                    lanes = {id_: changed.lane.name for id_, changed in self.now.lanes.items()}
                    others = [changed.operation for changed in self.now.operations.values()]
                    self.say(words(operation, others, lanes, at), operation_object(self.radio, at, operation))
                case LinkChanged(peer=peer, state="down"):
                    self.down = event if peer.address == self.wanted.address else self.down
                    self.say(_down_words(event), link_object(self.radio, event))

    def _is_ours(self, id_: OpId) -> bool:
        return id_.owner.partition("/")[0] == self.seat.owner.id

    def say(self, told: str, record: dict[str, object]) -> None:
        if told or self.wanted.json:
            named = with_names(told, self.wanted.configuration.config.addresses)
            say(named, record, json=self.wanted.json)

    def stop_asking(self) -> None:
        for question in self._questions.values():
            question.cancel()


async def attached(wanted: Wanted, answers: Answers, work: Callable[[Attached], Awaitable[int]]) -> int:
    """What `work` returns, done at a seat at the target's radio; the links that it opened are released with it."""
    ((name, target),) = named([wanted.target])
    radio = await registry.open_radio(target, wanted.configuration.env(name))
    try:
        role: Role = "reader" if wanted.configuration.value("read_only") else "operator"
        here = Attached(name, await radio.attach(Owner(OWNER, role)), wanted, answers)
        return await _beside(here, work)
    finally:
        await radio.aclose()


async def _beside(here: Attached, work: Callable[[Attached], Awaitable[int]]) -> int:
    try:
        async with asyncio.TaskGroup() as group:
            following = group.create_task(here.follow(group))
            code = await work(here)
            following.cancel()
            here.stop_asking()
    except BaseExceptionGroup as several:
        ended = ending(several)
    else:
        return code
    raise ended  # out here it keeps its own cause, and the group is no part of it


def ending(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """What a command ended with: its one exception, or the first of several that are no bugs; else all of them.

    The second is what cleaning up met after the first, as an unsubscribe that fails because the reader of stdout left.
    """
    told = all(isinstance(one, BleError | OSError) for one in several.exceptions)
    return several.exceptions[0] if told or len(several.exceptions) == 1 else several


def _down_words(down: LinkChanged) -> str:
    line = f"{visible(down.peer.address)}: disconnected"
    if down.reason is None or down.reason.kind is ErrorKind.OP_CANCELLED:  # as we wished, or another owner
        return f"{line}, {visible(down.reason.detail)}" if down.reason and down.reason.detail else line
    return f"{line}: {one_line(down.reason)}"


def _no_lane(radio: str) -> Failure:
    detail = "the radio has told of no place where a connection can be made"
    return Failure(kind=ErrorKind.NET_TIMEOUT, operation="connect", radio=radio, detail=detail)
