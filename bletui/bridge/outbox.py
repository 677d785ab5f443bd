"""What waits to be sent to one client: bounded, and every event that it loses is counted."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from bletui.bridge.frames import STATE, Frame
from bletui.bridge.protocol import codec
from bletui.failure import ErrorKind, Failure
from bletui.model import Batch, Shed
from bletui.radio.seat import ADVERTISEMENTS, NOTIFICATIONS
from bletui.wire import pack

DROPPABLE_MAX = 1024 * 1024  # bytes of advertisements and notifications
KEPT_MAX = 4 * 1024 * 1024  # bytes of everything else, which is never dropped: past this the client is given up
SENT_AT_ONCE = 64 * 1024


@dataclass(slots=True)
class _Gap:
    """What was dropped between two neighbours, told in its place and under its first number."""

    seq: int
    at: float
    lost: Counter[tuple[str | None, str]] = field(default_factory=Counter)

    def told(self) -> bytes:
        sheds = tuple(Shed(self.at, lane, what, count) for (lane, what), count in self.lost.items())
        return codec.told(pack(Batch(self.seq, sheds)))


class Outbox:
    """Sheds its oldest advertisements, then its oldest notifications. `lost`: why the client has to be given up."""

    def __init__(self, droppable_max: int = DROPPABLE_MAX, kept_max: int = KEPT_MAX) -> None:
        self.shed = 0  # events
        self.waiting = 0  # bytes
        self.lost: Failure | None = None
        self._waiting: deque[Frame | _Gap | bytes] = deque()
        self._droppable = 0
        self._kept = 0
        self._droppable_max = droppable_max
        self._kept_max = kept_max

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def offer(self, frame: Frame) -> None:
        self._waiting.append(frame)
        self.waiting += len(frame.data)
        if frame.sort == STATE:
            self._keep(len(frame.data))
        else:
            self._droppable += len(frame.data)
            if self._droppable > self._droppable_max:
                self._make_room()

    def put(self, data: bytes, *, asked: bool = False) -> None:
        """A frame that is no event. `asked`: what a client is told first, as much as there is."""
        self._waiting.append(data)
        self.waiting += len(data)
        if not asked:
            self._keep(len(data))

    def take(self, size: int = SENT_AT_ONCE) -> bytes:
        """Whole frames that go well together; at least one if any waits."""
        taken: list[bytes] = []
        total = 0
        while self._waiting and total < size:
            data = self._out(self._waiting.popleft())
            taken.append(data)
            total += len(data)
        if not self._waiting:
            self._kept = 0
        return b"".join(taken)

    def _out(self, one: Frame | _Gap | bytes) -> bytes:
        match one:
            case _Gap():
                return one.told()
            case Frame(data=data, sort=sort):
                self.waiting -= len(data)
                if sort == STATE:
                    self._kept -= len(data)
                else:
                    self._droppable -= len(data)
                return data
            case _:
                self.waiting -= len(one)
                self._kept = max(0, self._kept - len(one))
                return one

    def _keep(self, size: int) -> None:
        self._kept += size
        if self._kept > self._kept_max and self.lost is None:
            detail = f"the client does not read: {self._kept} bytes that may not be dropped wait for it"
            self.lost = Failure(kind=ErrorKind.BUSY_CAPACITY, source="bletui.bridge", detail=detail)
            self._waiting.clear()
            self.waiting = self._droppable = 0

    def _make_room(self) -> None:
        """Half the room in one go, so that the cost per frame stays constant."""
        self._drop(ADVERTISEMENTS)
        if self._droppable > self._droppable_max:
            self._drop(NOTIFICATIONS)

    def _drop(self, sort: str) -> None:
        left: deque[Frame | _Gap | bytes] = deque()
        for one in self._waiting:
            if isinstance(one, Frame) and one.sort == sort and self._droppable > self._droppable_max // 2:
                self._droppable -= len(one.data)
                self.waiting -= len(one.data)
                self.shed += one.events
                gap = _Gap(one.seq, one.at, Counter({(lane, sort): count for lane, count in one.lanes}))
                _append(left, gap)
            else:
                _append(left, one)
        self._waiting = left


def _append(waiting: deque[Frame | _Gap | bytes], one: Frame | _Gap | bytes) -> None:
    """Neighbouring gaps become one."""
    if isinstance(one, _Gap) and waiting and isinstance(before := waiting[-1], _Gap):
        before.lost += one.lost
        before.at = one.at
    else:
        waiting.append(one)
