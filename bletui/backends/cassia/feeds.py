"""Where a router's events come from: streams of its own, or its share of an access controller's one stream."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Final, Literal, Protocol

from bletui.backends.cassia.api import Json
from bletui.backends.cassia.happenings import EventReader
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.stream import Say, keep
from bletui.clock import Clock

StreamName = Literal["scan", "notify", "state"]
Query = Callable[[], Awaitable[Mapping[str, str]]]  # what is asked for, settled when the stream is opened
Take = Callable[[list[Json]], int]  # events in order; how many of them were none
Start = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]

PATHS: Final[Mapping[StreamName, str]] = {
    "scan": "/gap/nodes",
    "notify": "/gatt/nodes",
    "state": "/management/nodes/connection-state",
}


class Feed(Protocol):
    """The streams of one router. `say` is told how each fares, until it is closed."""

    def open(self, stream: StreamName, query: Query, take: Take, say: Say) -> None:
        """Anew where it is open already."""

    def close(self, stream: StreamName) -> None: ...


class OwnStreams:
    """One connection per stream, to the router itself or to its place behind a controller. `lost` counts."""

    def __init__(
        self, router: Router, lost: Callable[[int], None], start: Start, clock: Clock, chance: Callable[[], float]
    ) -> None:
        self._router = router
        self._lost = lost
        self._start = start
        self._clock = clock
        self._chance = chance
        self._tasks: dict[StreamName, asyncio.Task[None]] = {}

    def open(self, stream: StreamName, query: Query, take: Take, say: Say) -> None:
        self.close(stream)
        reading = partial(self._read, stream, query, take)
        kept = keep(reading, say, clock=self._clock, speed=self._router.speed, chance=self._chance)
        self._tasks[stream] = self._start(kept)

    def close(self, stream: StreamName) -> None:
        if task := self._tasks.pop(stream, None):
            task.cancel()

    async def _read(self, stream: StreamName, query: Query, take: Take, live: Callable[[], None]) -> None:
        """One life of the stream; ends with `BleError`."""
        asked, reader = await query(), EventReader()

        def taken(data: bytes) -> None:
            events, malformed = reader.feed(data)
            if malformed := malformed + take(events):
                self._lost(malformed)

        await self._router.stream(PATHS[stream], asked, live=live, take=taken, operation=stream)
