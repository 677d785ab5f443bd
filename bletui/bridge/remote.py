"""A bridge as a radio: the same seats, requests and events, and a connection that may be lost and found again."""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from bletui import __version__
from bletui.backend import Env
from bletui.bridge import shift
from bletui.bridge.access import lesser
from bletui.bridge.asking import LOOKS, Asking
from bletui.bridge.dialling import Line, dial
from bletui.bridge.places import Place, place
from bletui.bridge.protocol import codec, states
from bletui.bridge.protocol import messages as m
from bletui.bridge.rungs import rungs
from bletui.clock import Clock
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Advertisements,
    Batch,
    Event,
    Folding,
    OpId,
    Owner,
    Peer,
    Request,
    Result,
    Role,
    Rung,
    ScanRequest,
    Shed,
    Snapshot,
    StreamChanged,
)
from bletui.radio import Attachment, Radio
from bletui.radio.seat import Seat
from bletui.target import Target

ANSWER_WITHIN = 10.0  # seconds for what is no operation
GRACE = 5.0  # seconds beyond an operation's own deadline
WAITS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before each next try to reconnect; the last one goes on
STREAM = "bridge"
MISSED = "events of the bridge"


def open_target(target: Target, env: Env) -> Radio:
    return RemoteRadio(place(target, env.secret), env.radio, env.clock)


class RemoteRadio(Radio):
    """All lanes of one bridge. Each seat has a connection of its own."""

    def __init__(self, at: Place, name: str, clock: Clock | None = None) -> None:
        self.name = name
        self._place = at
        self._clock = clock or Clock()
        self._seats: list[RemoteAttachment] = []

    async def attach(self, owner: Owner, *, deaf: bool = False) -> Attachment:
        """`net.refused`: no bridge runs there; `auth.refused`, `busy.capacity`: it does not let us in."""
        wanted = replace(owner, role=lesser(owner.role, cast(Role, self._place.role or owner.role)))
        seat = RemoteAttachment(self._place, replace(wanted, id=self._place.seat or owner.id), self._clock, deaf=deaf)
        await seat.open()
        self._seats = [*(one for one in self._seats if not one.over), seat]
        return seat

    async def aclose(self) -> None:
        """Leaves every seat for good, as if each were detached without `keep`; the bridge's radios stay open."""
        async with asyncio.TaskGroup() as leaving:
            for seat in self._seats:
                leaving.create_task(seat.detach(keep=False))

    def probe(self) -> AsyncIterator[Rung]:
        return rungs(self._place, self.attach)


class RemoteAttachment(Attachment):
    """While the connection is lost a `bridge` stream tells so; requests wait, and what was missed follows after it."""

    def __init__(self, at: Place, owner: Owner, clock: Clock, *, deaf: bool = False) -> None:
        self.owner = owner
        self.snapshot = Snapshot()
        self.log: tuple[Batch, ...] = ()
        self._place = at
        self._wanted = owner
        self._clock = clock
        self._deaf = deaf
        self._asking = Asking(LOOKS if at.socket else 0)
        self._seat = Seat()
        self._line: Line | None = None
        self._welcome: m.Welcome | None = None
        self._offset = 0.0
        self._state = Folding()  # without advertisements: what a later snapshot is compared with
        self._parts = Folding()
        self._whole: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._began = False
        self._same_run = False
        self._wish: ScanRequest | None = None
        self._seq = 0  # of the last event handed on; grows whatever the bridge's numbers do
        self._far = 0  # of the last event of the bridge
        self._closed = False
        self._keeping: asyncio.Task[None] | None = None
        self._ops = 0
        self._part = secrets.token_hex(4)  # tells this seat's operations from those of its owner's earlier programs

    async def open(self) -> None:
        line = await self._dial()
        self._asking.connected(line.send)
        self._keeping = asyncio.get_running_loop().create_task(self._keep(line), name=f"bridge {self._place}")
        self._keeping.add_done_callback(self._kept)

    @property
    def over(self) -> bool:
        """Whether it was left, or the bridge ended it for good."""
        return self._closed or (self._keeping is not None and self._keeping.done())

    def events(self) -> AsyncIterator[Batch]:
        return self._seat.events()

    # -- requests

    async def perform(
        self,
        request: Request,
        *,
        op: OpId | None = None,
        limit: float = 20.0,
        deadline: float | None = None,
        priority: int = 0,
        once: bool = False,
    ) -> Result:
        asked = m.Perform(op or self._next(), request, limit, deadline, priority, once=once)
        answered = await self._asking.ask(asked, None if deadline is None else deadline + limit + GRACE)
        return cast(Result, answered.answer.result())

    async def scan(self, request: ScanRequest | None) -> None:
        await self._ask(m.Scan(request))
        self._wish = request

    async def rescan(self) -> None:
        await self._ask(m.Rescan())

    async def cancel(self, op: OpId) -> None:
        await self._ask(m.CancelOp(op))

    async def promote(self, op: OpId) -> None:
        await self._ask(m.Promote(op))

    async def retry_now(self, op: OpId) -> None:
        await self._ask(m.RetryNow(op))

    async def pause(self, lane: str) -> None:
        await self._ask(m.Pause(lane))

    async def resume(self, lane: str) -> None:
        await self._ask(m.Resume(lane))

    async def answer(self, prompt: int, value: str | None) -> None:
        await self._ask(m.Answer(prompt, value))

    async def adopt(self, peer: Peer) -> None:
        await self._ask(m.Adopt(peer))

    async def history(self, since: float) -> tuple[Batch, ...]:
        asked = await self._asking.ask(m.History(since - self._offset), ANSWER_WITHIN)
        return tuple(self._shifted(batch) for batch in asked.recalled)

    def going(self) -> None:
        self._asking.going()

    async def detach(self, *, keep: bool) -> None:
        """With the connection lost nothing can be said: the bridge then keeps the seat for as long as it keeps any."""
        if self._closed:
            return
        self._closed = True
        if self._line is not None and not self._line.ended.done():
            with suppress(BleError):  # the connection is closed either way, and the bridge sees that
                await self._ask(m.Detach(keep))
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        self._asking.end(Failure(kind=ErrorKind.OP_CANCELLED, detail="the seat was left"))
        self._seat.close()

    async def _ask(self, verb: m.Verb) -> m.Result:
        return (await self._asking.ask(verb, ANSWER_WITHIN)).answer.result()

    def _next(self) -> OpId:
        self._ops += 1
        return OpId(f"{self.owner.id}/{self._part}", self._ops)

    # -- the connection

    async def _keep(self, line: Line) -> None:
        """Finds the bridge again whenever it is lost, until it says that this would be wrong."""
        try:
            while True:
                line = await self._again(await line.lost())
        finally:
            line.close()

    async def _again(self, failure: Failure) -> Line:
        self._asking.lost(failure)
        for tries in itertools.count():
            wait = WAITS[min(tries, len(WAITS) - 1)] * (0.75 + random.random() / 2)
            self._tell([StreamChanged(self._now(), None, STREAM, "broken", failure, self._now() + wait)])
            await asyncio.sleep(wait)
            try:
                line = await self._dial()
                break
            except BleError as failed:
                if failed.failure.kind in (ErrorKind.AUTH_REFUSED, ErrorKind.OP_UNSUPPORTED):
                    raise
                failure = failed.failure
        self._tell([StreamChanged(self._now(), None, STREAM, "live")])
        if not self._same_run and self._wish is not None:
            line.send(m.Call(0, m.Scan(self._wish)))  # that run of the bridge knows nothing of it
        self._asking.connected(line.send)
        return line

    async def _dial(self) -> Line:
        """A new connection, with the snapshot read or the missed events on their way."""
        self._whole = asyncio.get_running_loop().create_future()
        self._parts = Folding()
        line = await dial(self._place, self._hello(), self._take)
        try:
            if not self._deaf:
                await self._snapshot_of(line)
        except BaseException:  # cancelled too: nobody would close the connection
            line.close()
            raise
        self._line = line
        return line

    async def _snapshot_of(self, line: Line) -> None:
        both: list[asyncio.Future[Any]] = [self._whole, line.ended]
        await asyncio.wait(both, timeout=ANSWER_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        if not self._whole.done():
            raise BleError(line.ended.result() if line.ended.done() else _no_snapshot())

    def _hello(self) -> m.Hello:
        """The first asks for the seat as wished, a later one for the very seat that was given then."""
        hello = m.Hello(
            codec.VERSIONS,
            self._wanted.id,
            self._wanted.role,
            take=cast(m.Take, self._place.take),
            program=f"bletui {__version__}",
            deaf=self._deaf,
        )
        given = self._welcome
        if given is None:
            return hello
        seat = given.owner.partition("@")[0]
        return replace(hello, seat=seat, take="exactly", epoch=given.epoch, since=self._far, resume=given.resume)

    def _kept(self, keeping: asyncio.Task[None]) -> None:
        """What ends the connection for good ends the events, with its reason."""
        if keeping.cancelled():
            return
        failed = keeping.exception()
        self._seat.close(failed)
        if isinstance(failed, BleError):
            self._asking.end(failed.failure)

    # -- what the bridge says

    def _take(self, message: m.FromBridge) -> None:
        match message:
            case m.Told(batch=batch):
                self._told(batch)
            case m.Reply() | m.Failed() | m.Recalled():
                self._asking.take(message)
            case m.Welcome():
                self._welcomed(message)
            case m.SnapshotPart(more=more, batch=batch):
                self._parts.extend(self._shifted(batch).events)
                self._parts.seq = batch.seq
                if not more:
                    self._became(self._parts.snapshot())
            case m.Log(batch=batch):
                if not self._began:
                    self.log = (*self.log, self._shifted(batch))
            case _:
                pass

    def _welcomed(self, welcome: m.Welcome) -> None:
        here = self._place.socket is not None
        self._offset = 0.0 if here else shift.offset(self._now(), welcome.now)
        self._same_run = self._welcome is not None and self._welcome.epoch == welcome.epoch
        self._welcome = welcome
        self.owner = Owner(welcome.owner, welcome.role)
        if welcome.resumed:
            self._whole.set_result(None)

    def _became(self, now: Snapshot) -> None:
        """The first snapshot is the seat's; a later one is told as what leads there."""
        if not self._began:
            self.snapshot, self._seq, self._began = now, now.seq, True
        else:
            missed = now.seq - self._far
            gap = [Shed(self._now(), None, MISSED, missed)] if self._same_run and missed > 0 else []
            before = self._state.snapshot()
            before = replace(before, streams={key: it for key, it in before.streams.items() if key != (None, STREAM)})
            self._tell([*gap, *states.between(before, now, self._now(), same_run=self._same_run)])
        self._state = Folding(replace(now, heard={}))
        self._far = now.seq
        if not self._whole.done():
            self._whole.set_result(None)

    def _told(self, batch: Batch) -> None:
        skipped = max(0, batch.seq - self._far - 1)
        self._far = batch.seq + len(batch.events) - 1
        self._tell(self._shifted(batch).events, skipped)

    def _tell(self, events: tuple[Event, ...] | list[Event], skipped: int = 0) -> None:
        if not events:
            return
        if type(events) is not Advertisements:
            self._state.extend(event for event in events if type(event) is not Advertisement)
        self._seat.offer(Batch(self._seq + 1 + skipped, events if isinstance(events, tuple) else tuple(events)))
        self._seq += skipped + len(events)

    def _shifted(self, batch: Batch) -> Batch:
        by = self._offset
        return Batch(batch.seq, type(batch.events)(shift.shifted(event, by) for event in batch.events)) if by else batch

    def _now(self) -> float:
        return self._clock.wall()


def _no_snapshot() -> Failure:
    return Failure(kind=ErrorKind.NET_TIMEOUT, source="bletui.bridge", detail="the bridge sent no whole snapshot")
