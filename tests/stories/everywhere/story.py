"""One story for every radio: scan, connect, discover, read, write, notify, drop, recover, pair, and ten failures.

It is told in lines that name no address, no time and no radio, so that what two radios told can be laid side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine

from bletui.connections import verb
from bletui.failure import BleError
from bletui.model import (
    Advertisement,
    Connect,
    Disconnect,
    Discover,
    Event,
    GattTree,
    LinkChanged,
    Notification,
    OperationChanged,
    Pair,
    Peer,
    Prompt,
    PromptClosed,
    Read,
    ScanRequest,
    StreamChanged,
    Subscribe,
    Unpair,
    Write,
)
from bletui.news import News
from bletui.radio import Attachment
from tests.stories.everywhere.devices import NOBODY, Cast
from tests.waiting import until

WITHIN = 20.0  # seconds for anything that works
SHORT = 3.0  # and for what cannot


class Told:
    """The lines, as the radio's events tell them."""

    def __init__(self, cast: Cast) -> None:
        self._addresses = cast.addresses
        self.lines: list[str] = []
        self.prompts: list[Prompt] = []
        self.notifications = 0
        self._up: dict[Peer, bool | None] = {}
        self._once: set[str] = set()
        self._news = News()

    async def follow(self, seat: Attachment) -> None:
        async for batch in seat.events():
            for event in batch.events:
                self._note(event)
            self._news.tell()

    async def until(self, line: str, start: int = 0) -> None:
        assert await self._news.until(lambda: line in self.lines[start:], WITHIN)

    async def notified(self) -> None:
        """A line of its own: the first may come before the subscription's answer, or after it."""
        assert await self._news.until(lambda: self.notifications, WITHIN)
        self.lines.append("notified")

    async def asked(self, count: int) -> Prompt:
        assert await self._news.until(lambda: len(self.prompts) >= count, WITHIN)
        return self.prompts[-1]

    def _note(self, event: Event) -> None:
        match event:
            case StreamChanged(stream="scan", state="live"):
                self._first("scan live")
            case Advertisement():
                self._first("heard")
            case LinkChanged(peer=peer, state="up", bonded=bonded) if peer.address in self._addresses:
                if peer not in self._up:
                    self.lines.append("up")
                elif bonded and not self._up[peer]:
                    self.lines.append("bonded")
                self._up[peer] = bonded
            case LinkChanged(peer=peer, state="down", reason=reason) if peer in self._up:
                del self._up[peer]
                self.lines.append(f"down: {reason.kind.value if reason else 'no reason'}")
            case Notification():
                self.notifications += 1
            case Prompt(what=what):
                self.prompts.append(event)
                self.lines.append(f"asked: {what}")
            case PromptClosed(how=how):
                self.lines.append(f"closed: {how}")
            case OperationChanged(operation=one) if one.ended and one.id.owner.startswith("story"):
                name = verb(one.request)
                end = f"failed: {one.failure.kind.value} while {one.phase}" if one.failure else one.state
                self.lines.append(f"{name} {end}")

    def _first(self, line: str) -> None:
        if line not in self._once:
            self._once.add(line)
            self.lines.append(line)


class Story:
    def __init__(self, seat: Attachment, lane: str | None, cast: Cast, told: Told) -> None:
        self._seat = seat
        self._lane = lane
        self._cast = cast
        self._told = told

    async def play(self) -> tuple[list[str], dict[str, str]]:
        """What is told while all goes well, and the line of each failure by what was tried."""
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._told.follow(self._seat))
            await self._goes_well()
            went_well = list(self._told.lines)
            failures = {name: await self._failed(name, call) async for name, call in self._ten_failures()}
            following.cancel()
        return went_well, failures

    # -- what works

    async def _goes_well(self) -> None:
        cast = self._cast
        await self._seat.scan(ScanRequest(active=True))
        await self._told.until("heard")
        tree = await self._visit(cast.values)
        await self._read(cast.values, tree, cast.readable)
        await self._write(cast.values, tree, cast.writable, cast.settled)
        assert await self._read(cast.values, tree, cast.writable) == cast.settled
        await self._leave(cast.values)
        await self._notified()
        await self._dropped_and_back()
        await self._paired()

    async def _notified(self) -> None:
        tree = await self._visit(self._cast.notifier)
        handle = _handle(tree, self._cast.notifying)
        request = Subscribe(self._cast.notifier, self._lane, handle=handle, mode="notify")
        await self._seat.perform(request, limit=WITHIN)
        await self._told.notified()
        request = Subscribe(self._cast.notifier, self._lane, handle=handle, mode="off")
        await self._seat.perform(request, limit=WITHIN)
        await self._leave(self._cast.notifier)

    async def _dropped_and_back(self) -> None:
        tree = await self._visit(self._cast.dropper)
        start = len(self._told.lines)
        await self._write(self._cast.dropper, tree, self._cast.ordered, self._cast.order)
        await self._down(start)
        await self._visit(self._cast.dropper)
        await self._leave(self._cast.dropper)

    async def _paired(self) -> None:
        await self._visit(self._cast.keyed)
        await self._pair(self._cast.passkey)
        await self._leave(self._cast.keyed)
        await self._seat.perform(Unpair(self._cast.keyed, self._lane), limit=WITHIN)

    # -- what does not

    async def _ten_failures(self) -> AsyncIterator[tuple[str, Coroutine[None, None, object]]]:
        cast = self._cast
        yield "connect to nobody", self._connect(NOBODY, SHORT)
        yield "look at a mute device", self._visit(cast.mute, SHORT)
        await self._seat.perform(Disconnect(cast.mute, self._lane), limit=WITHIN)
        tree = await self._visit(cast.values)
        yield "read a handle that is not there", self._read_at(0xFFF0)
        yield "read what cannot be read", self._read(cast.values, tree, cast.unreadable)
        yield "read without being authorized", self._read(cast.values, tree, cast.guarded)
        yield "write a value of the wrong length", self._write(cast.values, tree, cast.short, cast.long)
        yield "write what the device refuses", self._write(cast.values, tree, cast.refusing, b"\x01")
        yield "write more than an attribute holds", self._write(cast.values, tree, cast.writable, bytes(513))
        await self._leave(cast.values)
        yield "read without a link", self._read_at(3)
        await self._visit(cast.keyed)
        wrong = f"{(int(cast.passkey) + 1) % 1_000_000:06}"
        yield "pair with the wrong passkey", self._pair(wrong)

    async def _failed(self, name: str, call: Coroutine[None, None, object]) -> str:
        """The line that its operation's own event told; what the radio refuses before that has none."""
        start = len(self._told.lines)
        try:
            result = await call
        except BleError as failed:
            if not failed.failure.operation:
                return f"{name.split()[0]} failed: {failed.failure.kind.value} at once"
            async with asyncio.timeout(WITHIN):
                while not (told := [line for line in self._told.lines[start:] if " failed: " in line]):
                    await asyncio.sleep(0.01)
            return told[-1]
        raise AssertionError(f"{name}: it worked, with {result!r}")

    # -- one thing each

    async def _connect(self, address: str, limit: float) -> None:
        await self._seat.perform(Connect(address, self._lane, "random"), limit=limit)

    async def _visit(self, address: str, limit: float = WITHIN) -> GattTree:
        await self._connect(address, limit)
        tree = await self._seat.perform(Discover(address, self._lane), limit=limit)
        assert isinstance(tree, GattTree)
        return tree

    async def _leave(self, address: str) -> None:
        start = len(self._told.lines)
        await self._seat.perform(Disconnect(address, self._lane), limit=WITHIN)
        await self._down(start)

    async def _down(self, start: int) -> None:
        await until(lambda: any(line.startswith("down") for line in self._told.lines[start:]), WITHIN)

    async def _read_at(self, handle: int) -> object:
        return await self._seat.perform(Read(self._cast.values, self._lane, handle=handle), limit=SHORT)

    async def _read(self, address: str, tree: GattTree, uuid: str) -> object:
        return await self._seat.perform(Read(address, self._lane, handle=_handle(tree, uuid)), limit=WITHIN)

    async def _write(self, address: str, tree: GattTree, uuid: str, value: bytes) -> None:
        request = Write(address, self._lane, handle=_handle(tree, uuid), value=value)
        await self._seat.perform(request, limit=WITHIN)

    async def _pair(self, passkey: str) -> None:
        asked = len(self._told.prompts) + 1
        async with asyncio.TaskGroup() as group:
            pairing = group.create_task(_outcome(self._seat, Pair(self._cast.keyed, self._lane)))
            await self._seat.answer((await self._told.asked(asked)).id, passkey)
        if (error := pairing.result()) is not None:
            raise error


async def _outcome(seat: Attachment, request: Pair) -> BleError | None:
    try:
        await seat.perform(request, limit=WITHIN)
    except BleError as error:
        return error
    return None


def _handle(tree: GattTree, uuid: str) -> int:
    return next(each.handle for service in tree.services for each in service.characteristics if each.uuid == uuid)
