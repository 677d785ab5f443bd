"""Events packed once, as the bytes that every client is sent and the ring keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from bletui.bridge.protocol import codec
from bletui.model import Advertisement, Advertisements, Batch, Event, Notification
from bletui.radio.seat import ADVERTISEMENTS, NOTIFICATIONS
from bletui.wire import pack

STATE = "state"
FRAME_EVENTS = 1024


class Frame(NamedTuple):
    """Neighbouring events of one sort. `lanes`: how many of them each lane gave, for who does not get them."""

    data: bytes
    seq: int
    events: int
    sort: str  # ADVERTISEMENTS, NOTIFICATIONS or STATE
    at: float  # of the last one
    lanes: tuple[tuple[str | None, int], ...]

    @property
    def last(self) -> int:
        return self.seq + self.events - 1

    @property
    def packed(self) -> bytes:
        """The batch alone: behind the length and the message's head."""
        return self.data[6:]


def sort_of(event: Event) -> str:
    if type(event) is Advertisement:
        return ADVERTISEMENTS
    return NOTIFICATIONS if type(event) is Notification else STATE


def frames(seq: int, events: Sequence[Event]) -> Iterator[Frame]:
    """`events`, the first of which has number `seq`, in runs of one sort: so that one can be shed without the other."""
    for sort, run in _runs(events):
        for start in range(0, len(run), FRAME_EVENTS):
            part = run if len(run) <= FRAME_EVENTS else run[start : start + FRAME_EVENTS]
            yield Frame(codec.told(pack(Batch(seq, part))), seq, len(part), sort, part[-1].at, _lanes(sort, part))
            seq += len(part)


def _runs(events: Sequence[Event]) -> Iterator[tuple[str, tuple[Event, ...]]]:
    if type(events) is Advertisements:
        yield ADVERTISEMENTS, events
    else:
        yield from ((sort, tuple(run)) for sort, run in groupby(events, key=sort_of))


def _lanes(sort: str, part: Sequence[Event]) -> tuple[tuple[str | None, int], ...]:
    if sort == STATE:
        return ()
    lanes = list(map(_heard_at if sort == ADVERTISEMENTS else _lane, part))
    if lanes.count(lanes[0]) == len(lanes):
        return ((lanes[0], len(lanes)),)
    return tuple(Counter(lanes).items())


def _lane(event: Event) -> str | None:
    return event.peer.lane if isinstance(event, Notification) else None


_heard_at = attrgetter("lane")
