"""The Cassia backend: one router, or those that an access controller knows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from bletui.backend import Backend, Emit, Env
from bletui.backends.cassia import probe
from bletui.backends.cassia.controller import Controller
from bletui.backends.cassia.feeds import OwnStreams
from bletui.backends.cassia.happenings import MALFORMED
from bletui.backends.cassia.lanes import NO_BONDS, Lanes, settled
from bletui.backends.cassia.options import Options
from bletui.backends.cassia.router import Router, reach
from bletui.backends.cassia.station import Setting, Station
from bletui.clock import Steady
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import AddressType, Bond, Event, GattTree, NotifyMode, Peer, Phy, Rung, ScanRequest, Shed
from bletui.target import invalid

LOOKS: Final = 4  # routers that are looked at at once, so that calls find a connection


class CassiaBackend(Backend):
    """`chance` gives numbers in [0, 1) for the jitter of retries."""

    def __init__(self, options: Options, env: Env, chance: Callable[[], float] = random.random) -> None:
        self._options = options
        self._env = env
        self._time = Steady(env.clock)
        self._emit: Emit = _nowhere
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()
        self._router: Router | None = None
        self._controller: Controller | None = None
        self._stations: dict[str, Station] = {}  # by what their lanes' ids begin with
        self._wish: ScanRequest | None = None
        self._setting = Setting(
            options, env, self._tell, self._time.wall, self._start, chance, count(1), asyncio.Semaphore(LOOKS)
        )

    async def open(self, emit: Emit) -> None:
        self._router = await reach(self._options, self._env)
        await self._tasks.__aenter__()
        self._emit = emit
        if self._options.controller:
            self._controller = Controller(self._setting, self._router, self._stations)
            self._controller.start(self._wish)
        else:
            self._stations[f"{self._env.radio}/{self._options.site.host}"] = self._alone(self._router)

    async def aclose(self) -> None:
        self._emit = _nowhere
        if self._router is None:
            return
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)
        await self._router.aclose()

    def scan(self, request: ScanRequest | None) -> None:
        self._wish = request  # `open` begins with it
        if self._controller is not None:
            self._controller.scan(request)
        else:
            for station in self._stations.values():
                station.scan(request)

    def _alone(self, router: Router) -> Station:
        """The router at the target's own address."""
        setting, host = self._setting, self._options.site.host
        lanes = Lanes(f"{self._env.radio}/{host}", host, settled(self._options), setting.say, setting.now)
        lanes.of(0)  # which every router has
        feed = OwnStreams(router, self._lost, setting.start, self._env.clock, setting.chance)
        station = Station(setting, router, lanes, feed)
        station.scan(self._wish)
        station.start()
        return station

    def _at(self, lane: str | None, operation: str) -> Station:
        """The router of a lane; without one it is the only router. One that can't be reached is not asked."""
        if self._router is None:
            detail = "the router is not open"
            raise BleError(Failure(kind=ErrorKind.OP_CANCELLED, operation=operation, detail=detail))
        if lane is None and len(self._stations) == 1:
            return next(iter(self._stations.values()))
        found = None if lane is None else self._stations.get(lane.rpartition("/")[0])
        if found is None:
            raise invalid(f"lane={lane}: no lane of {'these routers' if self._controller else 'this router'}")
        if found.unusable is not None:
            raise BleError(replace(found.unusable, operation=operation, lane=lane))
        return found

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def _tell(self, events: Sequence[Event]) -> None:
        self._emit(events)

    def _lost(self, malformed: int) -> None:
        self._emit((Shed(self._time.wall(), None, MALFORMED, malformed),))

    # -- links

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        station = self._at(lane, "connect")
        return await station.connect(address, lane=lane, address_type=address_type, pair=pair, within=within)

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        await self._at(peer.lane, "disconnect").links.disconnect(peer, within=within)

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        return await self._at(peer.lane, "discover").gatt.discover(peer, refresh=refresh, within=within)

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return await self._at(peer.lane, "read").gatt.read(peer, handle, within=within)

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await self._at(peer.lane, "write").gatt.write(peer, handle, value, response=response, within=within)

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        await self._at(peer.lane, "subscribe").gatt.subscribe(peer, handle, mode=mode, within=within)

    async def pair(self, peer: Peer, *, within: float) -> None:
        await self._at(peer.lane, "pair").pairing.pair(peer, within=within)

    async def unpair(self, peer: Peer, *, within: float) -> None:
        await self._at(peer.lane, "unpair").pairing.unpair(peer, within=within)

    async def answer(self, prompt: int, value: str | None) -> None:
        asking = next((one.pairing for one in self._stations.values() if one.pairing.asks(prompt)), None)
        if asking is None:
            detail = f"prompt {prompt} is closed already"
            raise BleError(Failure(kind=ErrorKind.LINK_STATE_CONFLICT, operation="answer", detail=detail))
        asking.answer(prompt, value)

    async def rssi(self, peer: Peer, *, within: float) -> int:
        return await self._at(peer.lane, "rssi").links.rssi(peer, within=within)

    async def set_phy(self, peer: Peer, *, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        return await self._at(peer.lane, "set_phy").links.set_phy(peer, tx=tx, rx=rx, within=within)

    async def bonds(self) -> tuple[Bond, ...]:
        raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="bonds", detail=NO_BONDS))

    async def probe(self) -> AsyncIterator[Rung]:
        async for rung in probe.rungs(self._options, self._env):
            yield rung


def _nowhere(events: Sequence[Event]) -> None:
    """Before `open` and after `aclose` nobody listens."""
