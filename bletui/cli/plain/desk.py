"""What plain mode has before it: the session, the numbers of devices, what is asked for, what was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from bletui.cli.configured import Configuration
from bletui.cli.linkrecords import alert_object, prompt_object
from bletui.cli.plain.changes import Changes, failure_words
from bletui.cli.plain.heard import ScanNews
from bletui.cli.plain.numbers import Numbers, unknown
from bletui.cli.plain.picked import Picked
from bletui.cli.plain.printer import Printer
from bletui.cli.plain.values import Values
from bletui.cli.records import failure_object
from bletui.cli.walking import EVERY as STEP
from bletui.cli.walking import Walk
from bletui.devices import Device
from bletui.errors.card import one_line
from bletui.failure import BleError, ErrorKind, Failure
from bletui.filters import Filter
from bletui.log import Mark
from bletui.log.anonymous import Anonymous
from bletui.model import Event, LinkChanged, Notification, Prompt, Request, Result
from bletui.news import News
from bletui.session import Joined, Session
from bletui.target import invalid
from bletui.text import visible

BEAT = 0.1  # seconds between two looks at what happened
HURRY = 10.0  # seconds left to answer when it is said once more
OPENS_WITHIN = 10.0
HEARD_WITHIN = 10.0  # for a device that is named, where nobody can look at the list first
T = TypeVar("T")
Look = Callable[[Collection[str]], Iterable[tuple[str, str]]]  # adapters that radios know -> labels and words


class Desk:
    """`piped`: lines come from no terminal, so each waits for the one before."""

    def __init__(self, session: Session, printer: Printer, configuration: Configuration, *, piped: bool) -> None:
        self.session = session
        self.printer = printer
        self.read_again: Callable[[], Configuration] | None = None  # the configuration, as its file is by then
        self.found: Look | None = None  # where no target was named, until it is told
        self.piped = piped
        self.numbers = Numbers()
        self.picked = Picked()
        self.news = ScanNews(self.numbers, self.picked.pins)
        self.values = Values()
        self.walk: Walk | None = None
        self.wanted: Filter | None = None
        self.go_by(configuration)
        self.stand_ins = Anonymous()
        self.failed: Failure | None = None  # the last one of what was typed
        self.busy: Callable[[], bool] = lambda: False  # whether anything else that was typed still runs
        self._changes = Changes(self.numbers, session.store.own_name)
        self._beaten = News()
        self._met: dict[str, Joined] = {}
        self._ended: dict[str, Joined] = {}
        self._logged = session.log.end
        self._walked = float("-inf")
        self._hurried: set[tuple[str, int]] = set()  # questions, by radio and number
        self._rung: set[tuple[str, int]] = set()

    def go_by(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.limit = configuration.seconds("limit")
        self.deadline = configuration.seconds("deadline")

    # -- what happened

    async def follow(self) -> None:
        while True:
            self.look()
            if self.printer.held and (unheard := {key for key, *_ in self.questions()} - self._rung):
                self._rung |= unheard
                await self.printer.ring()
            if self.values.rings(self.session.clock.monotonic()) and not self.piped and not self.printer.json:
                await self.printer.ring()
            await asyncio.sleep(BEAT)

    def look(self) -> None:
        """Tells everything that happened since the last look."""
        for joined in list(self.session.radios.values()):
            self._meet(joined)
        log = self.session.log
        first = max(log.first, self._logged)
        if lost := first - self._logged:
            self.printer.put(f"… {lost} changes left out here", {"schema": "bletui.left-out/1", "lines": lost})
        new, self._logged = log.since(first), log.end
        for number, entry in enumerate(new, first):
            if isinstance(entry.event, Mark):
                continue  # told by whoever made it
            radio = self.session.radios.get(entry.radio)
            if radio is not None and number >= radio.first_line:
                for words, record in self._changes.of(radio, entry.event):
                    self.printer.put(words, record)
                if isinstance(entry.event, Notification):
                    self._judge(entry.event)
        self._tell_ends()
        self._tell_found()
        self._scan_news()
        self._tell_walk()
        self._tell_structs()
        self._hurry()
        self._beaten.tell()

    def _tell_found(self) -> None:
        """Once, where nobody named a target and the radio can't be used: what this machine has, and what needs none."""
        if self.found is None or not self.session.problems():
            return
        for what, words in self.found(tuple(self.lanes().values())):
            self.printer.put(f"{what}: {visible(words)}", {"schema": "bletui.found/1", "what": what, "words": words})
        offer = "open sim: opens a simulated site"
        self.printer.put(offer, {"schema": "bletui.found/1", "what": "simulator", "words": offer})
        self.found = None

    def _meet(self, joined: Joined) -> None:
        """Once: what a radio is like when it has been opened."""
        if self._met.get(joined.name) is joined or joined.attachment is None:
            return
        self._met[joined.name] = joined
        there = joined.attachment.snapshot
        stood: list[Event] = [*there.lanes.values(), *there.streams.values(), *there.trees.values()]
        stood += [*there.links.values(), *there.operations.values(), *there.prompts.values()]
        for event in stood:
            for words, record in self._changes.of(joined, event):
                self.printer.put(words, record)

    def _tell_ends(self) -> None:
        """Once: why a radio could not be opened, or ended for good; no event of it tells that."""
        for joined in self.session.radios.values():
            if joined.failure is not None and self._ended.get(joined.name) is not joined:
                self._ended[joined.name] = joined
                said = f"{visible(joined.name)}: {failure_words(joined.failure)}"
                self.printer.put(said, failure_object(joined.failure))

    def _scan_news(self) -> None:
        store, now = self.session.store, self.session.clock.wall()
        if self.session.wish is None:
            return
        self.news.take(device for device in store.take_dirty() if self.matches(device))
        self.news.look(now, store.received, {link.peer.address for _, link in self.links()})
        told = self.news.tell(now, self.lanes())
        if told is not None:
            self.printer.put(*told)

    def _judge(self, event: Notification) -> None:
        struck = self.values.take(event)
        if struck is not None:
            one, alarm = struck
            who = f"#{self.numbers.of(event.peer.address)} {visible(event.peer.address)}"
            self.printer.put(f"{who}  ALERT {alarm.why}  {one}", alert_object(one, event, alarm))

    def _tell_walk(self) -> None:
        walk, now = self.walk, self.session.clock.monotonic()
        if walk is not None and now - self._walked >= STEP:
            self._walked = now
            walk.device = self.session.store.devices.get(walk.address)
            words, record = walk.tell(now, self.session.clock.wall(), self.lanes())
            self.printer.put(f"#{self.numbers.of(walk.address)}  {words}", record)

    def _tell_structs(self) -> None:
        words = self.values.look(self.session.clock.monotonic())
        if words:
            self.printer.put(words, {"schema": "bletui.structs/1", "said": words})

    def _hurry(self) -> None:
        now = self.session.clock.wall()
        for key, _, prompt in self.questions():
            left = prompt.expires - now
            if left <= HURRY and key not in self._hurried:
                self._hurried.add(key)
                who = f"#{self.numbers.of(prompt.peer.address)} {visible(prompt.peer.address)}"
                self.printer.put(f"{who}: {max(0.0, left):.0f} s left to answer", prompt_object(prompt))

    def tell_failure(self, asked: str, failure: Failure) -> None:
        """What was typed did not work out: code, title, one remedy."""
        self.failed = failure
        usage = failure.kind is ErrorKind.REQUEST_INVALID and not failure.message
        where = f" {visible(failure.address)}" if failure.address and failure.address not in asked else ""
        words = one_line(failure) if usage else failure_words(failure)
        self.printer.put(f"{asked}{where}: {words}" if asked else words, failure_object(failure))

    # -- what there is

    def matches(self, device: Device) -> bool:
        """Whether it is told of."""
        if device.address in self.picked.hidden:
            return False
        return self.wanted is None or self.wanted.matches(device) is True

    def lanes(self) -> dict[str, str]:
        """Id to name, of every radio."""
        return {id_: changed.lane.name for joined in self.radios() for id_, changed in joined.state.lanes.items()}

    def radios(self) -> Iterator[Joined]:
        return iter(self.session.radios.values())

    def questions(self) -> list[tuple[tuple[str, int], Joined, Prompt]]:
        """Open ones, the oldest first."""
        found = [
            ((joined.name, prompt.id), joined, prompt)
            for joined in self.radios()
            for prompt in joined.state.prompts.values()
        ]
        return sorted(found, key=lambda one: one[2].at)

    def links(self, address: str = "") -> list[tuple[Joined, LinkChanged]]:
        """Those that are up, our own first; "": to any device."""
        found = [
            (joined, link)
            for joined in self.radios()
            for link in joined.state.links.values()
            if link.state == "up" and address in ("", link.peer.address)
        ]
        return sorted(found, key=lambda one: bool(one[1].foreign))

    async def address(self, word: str) -> str:
        """What `word` means; `request.invalid` where nothing."""
        found = self.numbers.find(word, self.session.store.devices) or self.session.store.address_of(word)
        if found is None and self.piped and self.session.wish is not None:
            found = await self.until(lambda: self.numbers.find(word, self.session.store.devices), HEARD_WITHIN)
        if found is None:
            raise unknown(word)
        return found

    async def link(self, word: str) -> tuple[Joined, LinkChanged]:
        """The link to the device; `link.not-connected` where there is none."""
        address = await self.address(word)
        found = self.links(address)
        if not found:
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_CONNECTED, address=address, detail="connect comes first"))
        return found[0]

    async def radio(self, address: str, lane: str | None) -> tuple[Joined, str | None]:
        """The radio that has the lane, else the one that hears the device best, else the first that is open."""
        await self.opened()
        if lane is not None:
            return self.lane(lane)
        device = self.session.store.devices.get(address)
        best = device.best() if device is not None else None
        usable = [joined for joined in self.radios() if joined.attachment is not None]
        hears = [joined for joined in usable if best is not None and best.lane in joined.state.lanes]
        return (hears or usable)[0], None

    def lane(self, word: str) -> tuple[Joined, str]:
        """The radio and the id of the lane called so; `request.invalid` where there is none, or several."""
        found = [
            (joined, changed.lane.id)
            for joined in self.radios()
            for changed in joined.state.lanes.values()
            if word in (changed.lane.id, changed.lane.name, changed.lane.id.partition("/")[2])
        ]
        if len(found) == 1:
            return found[0]
        raise invalid(f"{word!r} is not one lane; there are {', '.join(self.lanes()) or 'none'}")

    async def opened(self) -> None:
        """Waits until a radio is open and has told of a lane; raises why none did."""

        def any_open() -> bool | None:
            if any(joined.attachment is not None and joined.state.lanes for joined in self.radios()):
                return True
            return False if all(joined.failure is not None for joined in self.radios()) else None

        if not await self.until(any_open, OPENS_WITHIN):
            failures = [joined.failure for joined in self.radios() if joined.failure is not None]
            detail = "no radio is open yet"
            raise BleError(failures[0] if failures else Failure(kind=ErrorKind.NET_TIMEOUT, detail=detail))

    async def perform(self, joined: Joined, request: Request) -> Result:
        if joined.attachment is None:
            raise BleError(joined.failure or Failure(kind=ErrorKind.NET_TIMEOUT, detail=f"{joined.name} is not open"))
        return await joined.attachment.perform(request, limit=self.limit, deadline=self.deadline)

    async def until(self, met: Callable[[], T | None], within: float | None) -> T | None:
        """What `met` gives as soon as it is not None, looked at with every beat; None after `within` seconds."""
        return await self._beaten.first(met, within)
