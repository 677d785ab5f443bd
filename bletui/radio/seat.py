"""One owner's events that wait to be read: bounded, and every dropped one counted."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import groupby

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Advertisement, Advertisements, Batch, Event, Notification, Shed

DROPPABLE_MAX = 20_000  # advertisements and notifications
KEPT_MAX = 20_000  # everything else, which is never dropped: past this the seat itself is given up
ADVERTISEMENTS = "advertisements"
NOTIFICATIONS = "notifications"


class Seat:
    """A queue of batches that sheds its oldest advertisements, then its oldest notifications.

    A `Shed` stands in the gap that it explains, under the sequence number of the first event dropped there.
    """

    def __init__(self, droppable_max: int = DROPPABLE_MAX, kept_max: int = KEPT_MAX) -> None:
        self._batches: deque[Batch] = deque()
        self._droppable = 0
        self._kept = 0
        self._droppable_max = droppable_max
        self._kept_max = kept_max
        self._ready = asyncio.Event()
        self._closed = False
        self._lost: Failure | None = None
        self._bug: BaseException | None = None

    def offer(self, batch: Batch) -> None:
        if self._closed or self._lost is not None:
            return
        droppable = _droppable_in(batch)
        self._batches.append(batch)
        self._droppable += droppable
        self._kept += len(batch.events) - droppable
        if self._droppable > self._droppable_max:
            self._shed()
        if self._kept > self._kept_max:
            self._give_up()
        self._ready.set()

    def close(self, bug: BaseException | None = None) -> None:
        """No more events; what waits is still delivered, then `bug` is raised if there is one."""
        self._closed = True
        self._bug = self._bug or bug
        self._ready.set()

    async def events(self) -> AsyncIterator[Batch]:
        while True:
            while self._batches:
                batch = self._batches.popleft()
                droppable = _droppable_in(batch)
                self._droppable -= droppable
                self._kept -= len(batch.events) - droppable
                yield batch
            if self._lost is not None:
                raise BleError(self._lost)
            if self._bug is not None:
                raise self._bug
            if self._closed:
                return
            self._ready.clear()
            await self._ready.wait()

    def _shed(self) -> None:
        """Makes half the room in one go, so that the cost per event stays constant."""
        for sort in (Advertisement, Notification):
            excess = self._droppable - self._droppable_max // 2
            if excess > 0:
                self._batches = deque(_merged(_dropped(self._batches, sort, excess)))
                self._droppable = sum(map(_droppable_in, self._batches))
                self._kept = sum(len(batch.events) for batch in self._batches) - self._droppable

    def _give_up(self) -> None:
        self._lost = Failure(
            kind=ErrorKind.BUSY_CAPACITY,
            detail=f"this seat fell {self._kept} events behind and was given up; attach again for a snapshot",
        )
        self._batches.clear()


def _droppable_in(batch: Batch) -> int:
    if type(batch.events) is Advertisements:
        return len(batch.events)
    kinds = list(map(type, batch.events))
    return kinds.count(Advertisement) + kinds.count(Notification)


def _dropped(batches: Iterable[Batch], sort: type[Event], excess: int) -> Iterator[tuple[int, Event]]:
    """Numbered events, the oldest `excess` of `sort` turned into sheds of one."""
    for batch in batches:
        for seq, event in enumerate(batch.events, batch.seq):
            if excess > 0 and type(event) is sort:
                excess -= 1
                yield seq, _shed_of(event)
            else:
                yield seq, event


def _shed_of(event: Event) -> Shed:
    match event:
        case Notification(at=at, peer=peer):
            return Shed(at, peer.lane, NOTIFICATIONS, 1)
        case Advertisement(at=at, lane=lane):
            return Shed(at, lane, ADVERTISEMENTS, 1)
        case _:
            raise TypeError(f"{type(event).__name__} events are never dropped")


def _merged(events: Iterable[tuple[int, Event]]) -> Iterator[Batch]:
    """Batches again: neighbouring sheds become one per lane and sort, the rest keeps its numbers."""
    for is_gap, run in groupby(events, key=lambda numbered: _is_gap(numbered[1])):
        numbered = list(run)
        kept = tuple(event for _, event in numbered)
        yield Batch(numbered[0][0], _summed(kept) if is_gap else kept)


def _is_gap(event: Event) -> bool:
    return type(event) is Shed and event.what in (ADVERTISEMENTS, NOTIFICATIONS)


def _summed(sheds: Iterable[Event]) -> tuple[Shed, ...]:
    """One shed per lane and sort, each with the time of its last one."""
    sums: dict[tuple[str | None, str], Shed] = {}
    for shed in sheds:
        if isinstance(shed, Shed):
            before = sums.get((shed.lane, shed.what))
            count = shed.count + (before.count if before else 0)
            sums[shed.lane, shed.what] = Shed(shed.at, shed.lane, shed.what, count)
    return tuple(sums.values())
