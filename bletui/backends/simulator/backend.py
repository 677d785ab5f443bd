"""The simulator as a backend: paces a site on the event loop and emits what its lanes report."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import NoReturn

from bletui.backend import Backend, Emit, Env
from bletui.backends.simulator.options import Options
from bletui.backends.simulator.reception import Reception
from bletui.backends.simulator.rungs import rungs
from bletui.backends.simulator.schedule import TICK, schedule
from bletui.backends.simulator.siteclock import SiteClock, Turn
from bletui.failure import BleError
from bletui.model import AddressType, Advertisement, Event, NotifyMode, Peer, Rung, ScanRequest, Shed

Ticks = Iterator[list[Advertisement]]


class Simulator(Backend):
    """A site's time starts with the first scan, so that two runs with one seed emit the same events."""

    def __init__(self, options: Options, env: Env) -> None:
        self._options, self._env = options, env
        self._tasks = AsyncExitStack()
        self._runner: asyncio.Task[None] | None = None
        self._request: ScanRequest | None = None
        self._asked = asyncio.Event()

    async def open(self, emit: Emit) -> None:
        options = self._options
        # Here and not in a thread, though the largest crowd takes half a second: threads and virtual time don't mix.
        site = options.site()
        clock = SiteClock(self._env.clock.wall(), options.speed)
        reception = Reception(site, options.radio, options.faults, clock)
        emit(reception.lanes())
        tasks = await self._tasks.enter_async_context(asyncio.TaskGroup())
        self._runner = tasks.create_task(self._run(clock, reception, schedule(site, options.seed, clock), emit))

    async def aclose(self) -> None:
        if self._runner is not None:
            self._runner.cancel()
        await self._tasks.aclose()

    def scan(self, request: ScanRequest | None) -> None:
        self._request = request
        if request is not None:
            self._asked.set()

    async def _run(self, clock: SiteClock, reception: Reception, ticks: Ticks, emit: Emit) -> None:
        await self._asked.wait()
        heard, n = next(ticks), 0
        now, wall = asyncio.get_running_loop().time, self._env.clock.wall
        clock.begin(now(), wall())
        while True:
            end = (n + 1) * TICK
            turn = clock.turn(end, now(), wall())
            if turn is Turn.WAIT:
                await asyncio.sleep(max(-clock.lag(end, now()), TICK))
                continue
            changes, reported = reception.tick(n * TICK, heard, self._request)
            told = reported if turn is Turn.DELIVER else _shed(clock.wall(n * TICK), reported)
            if changes or told:
                emit([*changes, *told])
            await asyncio.sleep(0)
            heard, n = next(ticks), n + 1

    async def probe(self) -> AsyncIterator[Rung]:
        try:
            site = self._options.site()
        except BleError as refused:
            yield Rung("site", "fail", refused.failure.detail, refused.failure)
            return
        for rung in rungs(site, self._options.radio, self._options.faults):
            yield rung

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> NoReturn:
        raise self.unsupported("connect")

    async def disconnect(self, peer: Peer, *, within: float) -> NoReturn:
        raise self.unsupported("disconnect")

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> NoReturn:
        raise self.unsupported("discover")

    async def read(self, peer: Peer, handle: int, *, within: float) -> NoReturn:
        raise self.unsupported("read")

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> NoReturn:
        raise self.unsupported("write")

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> NoReturn:
        raise self.unsupported("subscribe")


def _shed(at: float, reported: list[Advertisement]) -> list[Event]:
    return [Shed(at, None, "advertisements", len(reported))] if reported else []
