"""The Cassia backend: one router's scan stream, chips and links."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from bletui.backend import Backend, Emit, Env
from bletui.backends.cassia import probe
from bletui.backends.cassia.adverts import ScanReader
from bletui.backends.cassia.lanes import NOT_YET, Lanes
from bletui.backends.cassia.options import Options
from bletui.backends.cassia.query import Firmware, scan_query
from bletui.backends.cassia.router import Router, reach
from bletui.backends.cassia.stream import keep
from bletui.backends.cassia.watch import NODES, Watch
from bletui.clock import Steady
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import (
    AddressType,
    Event,
    GattTree,
    LaneChanged,
    NotifyMode,
    Peer,
    Rung,
    ScanRequest,
    StreamChanged,
    StreamState,
)

PATIENCE: Final = 2.0  # seconds that a scan waits to learn which filters the firmware knows
ALL_CHIPS: Final = (2, 1, 1)  # the first firmware with chip=all


class CassiaBackend(Backend):
    """A router reached by its own address. `chance` gives numbers in [0, 1) for the jitter of retries."""

    def __init__(self, options: Options, env: Env, chance: Callable[[], float] = random.random) -> None:
        self._options = options
        self._env = env
        self._chance = chance
        self._time = Steady(env.clock)
        self._emit: Emit = _nowhere
        self._lanes = Lanes(env.radio, options, lambda lane: self._say(LaneChanged(self._time.wall(), lane)))
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()
        self._scan: asyncio.Task[None] | None = None
        self._wish: ScanRequest | None = None
        self._state: StreamState = "off"
        self._router: Router | None = None

    async def open(self, emit: Emit) -> None:
        self._router = await reach(self._options, self._env)
        self._watch = Watch(self._router, self._lanes, self._say, self._time.wall)
        await self._tasks.__aenter__()
        self._emit = emit
        self._lanes.of(0)  # which every router has
        self._start(self._watch.run(self._env.speed, self._chance))
        if self._wish is not None:
            self.scan(self._wish)

    async def aclose(self) -> None:
        self._emit = _nowhere
        if self._router is None:
            return
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)
        await self._router.aclose()

    def scan(self, request: ScanRequest | None) -> None:
        if request == self._wish and self._state in {"opening", "live"}:
            return
        self._wish = request
        if self._router is None:
            return  # `open` begins with it
        if self._scan is not None:
            self._scan.cancel()
            self._scan = None
        if request is not None and self._lanes.chips_of(request.lanes) != frozenset():
            reading = partial(self._read, self._router, request)
            clock, speed = self._env.clock, self._env.speed
            self._scan = self._start(keep(reading, self._say_stream, clock=clock, speed=speed, chance=self._chance))
        elif self._state != "off":
            self._say_stream("off", None, None)

    async def _read(self, router: Router, wish: ScanRequest, live: Callable[[], None]) -> None:
        """One life of the scan stream; ends with `BleError`."""
        with suppress(TimeoutError):  # a router that tells nothing of itself still scans
            async with asyncio.timeout(PATIENCE / self._env.speed):
                await self._watch.informed.wait()
        firmware = self._watch.info.firmware
        chip = self._options.scan.get("chip") or self._chip(wish, firmware)
        reader = ScanReader(partial(self._lane, chip))

        def take(data: bytes) -> None:
            if heard := reader.feed(data, self._time.wall()):
                self._emit(heard)

        query = scan_query(wish, target=self._options.scan, chip=chip, firmware=firmware)
        await router.stream(NODES, query, live=live, take=take, operation="scan")

    def _chip(self, wish: ScanRequest, firmware: Firmware | None) -> str | None:
        """The chip to name: one if one is wished for, all where the firmware knows the word, else the router's own."""
        chips = self._lanes.chips_of(wish.lanes)
        if chips is not None and len(chips) == 1:
            return str(next(iter(chips)))
        return "all" if firmware is not None and firmware >= ALL_CHIPS and len(self._watch.info.chips) > 1 else None

    def _lane(self, asked: str | None, chip: int | None) -> str:
        """The lane of an event. Firmware 1.3 and before names no chip: it is the one asked for, else 0."""
        if chip is None:
            chip = int(asked) if asked in {"0", "1"} else 0
        return self._lanes.of(chip)

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _say(self, event: Event) -> None:
        self._emit((event,))

    def _say_stream(self, state: StreamState, failure: Failure | None, retry_at: float | None) -> None:
        self._state = state
        self._say(StreamChanged(self._time.wall(), None, "scan", state, failure, retry_at))

    # -- not built yet: each says so

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        raise self.unsupported("connect")

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        raise self.unsupported("disconnect")

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        raise self.unsupported("discover")

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        raise self.unsupported("read")

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        raise self.unsupported("write")

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        raise self.unsupported("subscribe")

    def unsupported(self, operation: str) -> BleError:
        return BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation=operation, detail=NOT_YET))

    async def probe(self) -> AsyncIterator[Rung]:
        async for rung in probe.rungs(self._options, self._env):
            yield rung


def _nowhere(events: Sequence[Event]) -> None:
    """Before `open` and after `aclose` nobody listens."""
