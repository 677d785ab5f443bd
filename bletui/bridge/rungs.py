"""The doctor's ladder over a bridge: whether it lets us in, as what, and how the radios fare that it keeps."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

from bletui import __version__
from bletui.bridge.dialling import once
from bletui.bridge.places import Place
from bletui.bridge.protocol import messages as m
from bletui.failure import BleError, Failure
from bletui.model import LaneChanged, Owner, Rung, Snapshot, StreamChanged
from bletui.radio import Attachment

SEAT = "doctor"
_MAY = {
    "viewer": "may look",
    "reader": "may scan, connect, read and subscribe",
    "operator": "may do everything",
}


async def rungs(at: Place, attach: Callable[[Owner], Awaitable[Attachment]]) -> AsyncIterator[Rung]:
    """Stops at what keeps us out; else a rung for each lane and broken stream. Asks no radio for anything."""
    began = time.monotonic()
    try:
        status = await once(at, SEAT, m.AskStatus(), f"bletui {__version__}")
        took = time.monotonic() - began
        seat = await attach(Owner(SEAT, "operator"))
    except BleError as refused:
        yield Rung("bridge", "fail", _why(refused.failure), refused.failure)
        return
    await seat.detach(keep=False)
    assert isinstance(status, m.Status)
    yield Rung("bridge", "ok", f"{status.bridge} at {at}, {status.program}, process {status.pid}, {took * 1000:.0f} ms")
    yield Rung("role", "ok", f"{seat.owner.role}: {_MAY[seat.owner.role]}")
    told = list(_radios(seat.snapshot))
    for rung in told or [Rung("radios", "warn", f"no lane is told of yet: {', '.join(status.radios) or 'no radio'}")]:
        yield rung


def _radios(snapshot: Snapshot) -> Iterator[Rung]:
    for (lane, stream), changed in snapshot.streams.items():
        if lane is None and changed.failure is not None:
            yield Rung(changed.failure.radio or stream, "fail", _why(changed.failure), changed.failure)
    broken = {lane: changed for (lane, _), changed in snapshot.streams.items() if lane and changed.failure}
    for told in snapshot.lanes.values():
        yield _lane(told, broken)


def _lane(changed: LaneChanged, broken: Mapping[str, StreamChanged]) -> Rung:
    lane = changed.lane
    stream = broken.get(lane.id)
    failure = lane.usable or (stream.failure if stream else None)
    if failure is not None:
        return Rung(lane.id, "fail", _why(failure), failure)
    if lane.paused:
        return Rung(lane.id, "warn", "paused: nothing new is started there")
    slots = "" if lane.slots_max is None else f", {lane.slots_used or 0} of {lane.slots_max} slots used"
    return Rung(lane.id, "ok", f"ready{slots}")


def _why(failure: Failure) -> str:
    return ": ".join(words for words in (failure.kind.value, failure.detail, failure.message) if words)
