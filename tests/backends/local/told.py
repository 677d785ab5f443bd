"""A local backend under test on the private bus, and what it emits, waited for without a clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bletui.backend import Env
from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.machine import Machine
from bletui.backends.local.options import options
from bletui.backends.local.patience import Patience
from bletui.failure import Failure
from bletui.model import Advertisement, Event, Lane, LaneChanged, LaneDown, ScanRequest, StreamChanged
from bletui.target import parse
from tests.kept import Kept

# A loss is told by a signal, long before anything that waits gives up by itself after 5 s and more.
SOON = 3.0  # seconds; most of them are room for a busy machine
LANE = "local/00:1A:7D:DA:71:13"
ENV = Env(radio="local")
BARE = Machine(root=Path("/nonexistent"), environ={}, user="ann", groups=frozenset({"ann"}))


class Told(Kept):
    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def __call__(self, events: Sequence[Event]) -> None:
        self.batches.append(len(events))
        super().__call__(events)

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
