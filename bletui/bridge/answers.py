"""What each request of a client comes to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

from bletui import __version__
from bletui.bridge import access, holders
from bletui.bridge.client import Connection
from bletui.bridge.outbox import SENT_AT_ONCE
from bletui.bridge.performing import Make
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.seats import Seat
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Owner, Role
from bletui.model import Result as Done
from bletui.radio import checks

if TYPE_CHECKING:
    from bletui.bridge.server import Bridge

STOPS_AFTER = 0.05  # seconds in which the answer to a stop still goes out


class Answers:
    """Roles are checked at the radio; here only for what concerns the bridge itself."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    async def answer(self, client: Connection, seat: Seat, call: m.Call) -> m.Result:
        self._note(client, seat, call.verb)
        match call.verb:
            case m.Perform() as asked:
                checks.operation(asked.op, seat.owner.id)
                checks.perform(asked.request, asked.limit, asked.deadline, asked.priority)
                return await seat.performing.perform(asked)
            case m.Detach(keep=keep):
                self._bridge.seats.stand_up(client, self._bridge.wall())
                if not keep:
                    await self._bridge.leave(seat)
            case m.History() as asked_history:
                await self._recall(client, call.id, asked_history)
            case m.ListSeats():
                return self._seats()
            case m.AskStatus():
                return self._status()
            case m.Stop():
                _allow(seat.owner, "operator", "stop")
                self._bridge.record("asked to stop", owner=seat.owner.id)
                asyncio.get_running_loop().call_later(STOPS_AFTER, self._bridge.stopped.set)
            case m.Reload():
                _allow(seat.owner, "operator", "reload")
                return await self._bridge.reload()
            case m.Part(owner=owner):
                _allow(seat.owner, "operator", "part")
                self._part(owner, by=seat.owner.id)
            case verb:
                await _at_the_radio(seat, verb)
        return None

    def _note(self, client: Connection, seat: Seat, verb: m.Verb) -> None:
        """What is asked for, of whom; never a value."""
        about = verb.request if isinstance(verb, m.Perform) else verb
        address = getattr(about, "address", None)
        self._bridge.record(
            "asked", owner=seat.owner.id, client=client.name, what=type(about).__name__, address=address
        )

    def maker(self, owner: str) -> Make:
        """How operations of `owner` are made: by whatever seat it has then."""

        async def make(asked: m.Perform) -> Done:
            return await self._make(owner, asked)

        return make

    async def _make(self, owner: str, asked: m.Perform) -> Done:
        seat = self._bridge.seats.get(owner)
        if seat is None:
            raise BleError(Failure(kind=ErrorKind.OP_CANCELLED, detail="the seat was left"))
        return await seat.sitting.perform(
            asked.request,
            op=asked.op,
            limit=asked.limit,
            deadline=asked.deadline,
            priority=asked.priority,
            once=asked.once,
        )

    async def _recall(self, client: Connection, number: int, asked: m.History) -> None:
        """As fast as the client reads, and one at a time: who asks and does not read costs no memory."""
        checks.history(asked.since)
        async with client.recalling:
            self._bridge.fanout.flush()
            recalled = (codec.recalled(number, frame.packed) for frame in self._bridge.fanout.ring.since(asked.since))
            for some in _gathered(recalled):
                client.send_frame(some)
                if not await client.room():
                    return

    def _seats(self) -> m.Seats:
        state = self._bridge.fanout.state()
        running = state.snapshot().operations.values()
        rows: list[m.SeatTaken] = []
        for seat in self._bridge.seats:
            sits = seat.client if isinstance(seat.client, Connection) else None
            own = [one for one in running if one.operation.id.owner.partition("/")[0] == seat.owner.id]
            rows.append(
                m.SeatTaken(
                    seat.owner.id,
                    seat.owner.role,
                    seat.credential.user,
                    (sits.program or sits.name) if sits else None,
                    seat.since,
                    tuple(holders.held(state, seat.owner.id)),
                    sum(not one.operation.ended for one in own),
                    seat.scanning,
                    sits.outbox.shed if sits else 0,
                    sits.outbox.waiting if sits else 0,
                )
            )
        return m.Seats(tuple(rows))

    def _status(self) -> m.Status:
        bridge = self._bridge
        return m.Status(
            bridge.name,
            f"bletui {__version__}",
            os.getpid(),
            bridge.started,
            bridge.epoch,
            bridge.fanout.seq,
            tuple(radio.name for radio in bridge.radios.radios),
            tuple(place.name for place in bridge.listening),
            tuple(sorted(bridge.all_counts().items())),
        )

    def _part(self, owner: str, by: str) -> None:
        seat = self._bridge.seats.get(owner)
        if seat is None or seat.client is None:
            detail = f"nobody sits at {owner}"
            raise BleError(Failure(kind=ErrorKind.REQUEST_INVALID, source="bletui.bridge", detail=detail))
        self._bridge.record("parted", owner=owner, by=by)
        seat.client.goodbye(Failure(kind=ErrorKind.OP_CANCELLED, source="bletui.bridge", detail=f"parted by {by}"))


async def _at_the_radio(
    seat: Seat,
    verb: m.Scan | m.Rescan | m.CancelOp | m.Promote | m.RetryNow | m.Pause | m.Resume | m.Answer | m.Adopt,
) -> None:
    sitting = seat.sitting
    match verb:
        case m.Scan(request=request):
            await sitting.scan(request)
            seat.scanning = request is not None
        case m.Rescan():
            await sitting.rescan()
        case m.CancelOp(op=op):
            await sitting.cancel(op)
        case m.Promote(op=op):
            await sitting.promote(op)
        case m.RetryNow(op=op):
            await sitting.retry_now(op)
        case m.Pause(lane=lane):
            await sitting.pause(lane, paused=True)
        case m.Resume(lane=lane):
            await sitting.pause(lane, paused=False)
        case m.Answer(prompt=prompt, value=value):
            await sitting.answer(prompt, value)
        case m.Adopt(peer=peer):
            await sitting.adopt(peer)
        case _:
            assert_never(verb)


def _gathered(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Frames in pieces that go well together."""
    some: list[bytes] = []
    size = 0
    for data in frames:
        some.append(data)
        size += len(data)
        if size >= SENT_AT_ONCE:
            yield b"".join(some)
            some, size = [], 0
    if some:
        yield b"".join(some)


def _allow(owner: Owner, needed: Role, operation: str) -> None:
    if access.RANK[owner.role] < access.RANK[needed]:
        detail = f"{operation} needs the role {needed}; this seat's is {owner.role}"
        raise BleError(
            Failure(kind=ErrorKind.ACCESS_REFUSED, source="bletui.bridge", operation=operation, detail=detail)
        )
