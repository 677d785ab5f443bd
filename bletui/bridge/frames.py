"""Events packed once, as the bytes that every client is sent and the ring keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bletui.bridge.protocol import codec
from bletui.model import Advertisement, Batch, Event, Notification
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
    for sort, run in groupby(events, key=sort_of):
        some = tuple(run)
        for start in range(0, len(some), FRAME_EVENTS):
            part = some[start : start + FRAME_EVENTS]
            lanes = () if sort == STATE else tuple(Counter(map(_lane, part)).items())
            yield Frame(codec.told(pack(Batch(seq, part))), seq, len(part), sort, part[-1].at, lanes)
            seq += len(part)


def _lane(event: Event) -> str | None:
    match event:
        case Advertisement(lane=lane):
            return lane
        case Notification(peer=peer):
            return peer.lane
        case _:
            return None
