"""A local backend under test on the private bus, and what it emits, waited for without a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from bletui.backend import Env
from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.machine import Machine
from bletui.backends.local.options import options
from bletui.backends.local.patience import Patience
from bletui.failure import Failure
from bletui.model import Advertisement, Event, Lane, LaneChanged, LaneDown, ScanRequest, StreamChanged
from bletui.target import parse

T = TypeVar("T")

LANE = "local/00:1A:7D:DA:71:13"
ENV = Env(radio="local")
BARE = Machine(root=Path("/nonexistent"), environ={}, user="ann", groups=frozenset({"ann"}))


class Told:
    """An `emit` that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.batches: list[int] = []
        self._more = asyncio.Event()

    def __call__(self, events: Sequence[Event]) -> None:
        self.events.extend(events)
        self.batches.append(len(events))
        self._more.set()

    async def until(self, true: Callable[[], bool], within: float = 8.0) -> None:
        """Waits until `true()` holds; it is looked at after each batch."""
        async with asyncio.timeout(within):
            while not true():
                self._more.clear()
                await self._more.wait()

    async def stream(self, state: str, lane: str | None = LANE) -> StreamChanged:
        """Waits until the scan of `lane` is in `state`."""
        await self.until(lambda: (last := self.last(lane)) is not None and last.state == state)
        found = self.last(lane)
        assert found is not None
        return found

    async def broken(self, lane: str | None = LANE) -> Failure:
        """Waits for the scan of `lane` to break; what it says of that."""
        failure = (await self.stream("broken", lane)).failure
        assert failure is not None
        return failure

    async def adverts(self, count: int) -> list[Advertisement]:
        await self.until(lambda: sum(self.batches) >= count and len(self.of(Advertisement)) >= count)
        return self.of(Advertisement)

    def last(self, lane: str | None = LANE) -> StreamChanged | None:
        return next((s for s in reversed(self.of(StreamChanged)) if s.lane == lane), None)

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def lanes(self) -> dict[str, Lane]:
        """The lanes that stand now."""
        standing: dict[str, Lane] = {}
        for event in self.events:
            match event:
                case LaneChanged(lane=lane):
                    standing[lane.id] = lane
                case LaneDown(lane=gone):
                    del standing[gone]
        return standing


@asynccontextmanager
async def opened(
    target: str = "local:",
    *,
    machine: Machine = BARE,
    patience: Patience = Patience(),  # noqa: B008 - frozen
    scan: ScanRequest | None = ScanRequest(),  # noqa: B008 - frozen
) -> AsyncIterator[tuple[LinuxBackend, Told]]:
    """The backend, opened and asked for `scan`; closed at the end."""
    backend = LinuxBackend(options(parse(target)), ENV, machine, patience)
    told = Told()
    await backend.open(told)
    try:
        backend.scan(scan)
        yield backend, told
    finally:
        await backend.aclose()
