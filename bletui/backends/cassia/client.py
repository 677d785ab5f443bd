"""The Cassia backend: one router's scan stream, chips and links."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from bletui.backend import Backend, Emit, Env
from bletui.backends.cassia import probe
from bletui.backends.cassia.adverts import ScanReader
from bletui.backends.cassia.delivery import Delivery
from bletui.backends.cassia.gatt import Gatt
from bletui.backends.cassia.lanes import NO_BONDS, Lanes
from bletui.backends.cassia.links import Links
from bletui.backends.cassia.options import Options
from bletui.backends.cassia.pairing import Pairing
from bletui.backends.cassia.query import Firmware, scan_query
from bletui.backends.cassia.router import Router, reach
from bletui.backends.cassia.stream import keep
from bletui.backends.cassia.table import LinkTable
from bletui.backends.cassia.watch import NODES, Watch
from bletui.clock import Steady
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import (
    AddressType,
    Bond,
    Event,
    GattTree,
    LaneChanged,
    LinkChanged,
    NotifyMode,
    Peer,
    Phy,
    Rung,
    ScanRequest,
    StreamChanged,
    StreamState,
)

PATIENCE: Final = 2.0  # seconds that a scan waits to learn which filters the firmware knows
ALL_CHIPS: Final = (2, 1, 1)  # the first firmware with chip=all


class _Parts(NamedTuple):
    """What calls are handed to."""

    links: Links
    gatt: Gatt
    pairing: Pairing


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
        self._table = LinkTable(self._say_link, self._time.wall)
        self._parts: _Parts | None = None

    async def open(self, emit: Emit) -> None:
        self._router = await reach(self._options, self._env)
        self._watch = Watch(self._router, self._lanes, self._table, self._say, self._time.wall)
        await self._tasks.__aenter__()
        self._emit = emit
        self._lanes.of(0)  # which every router has
        self._parts = self._made(self._router, self._watch)
        clock, speed, chance = self._env.clock, self._env.speed, self._chance
        self._start(self._watch.run(speed, chance))
        self._start(keep(self._watch.listen, self._watch.streamed, clock=clock, speed=speed, chance=chance))
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

    def _made(self, router: Router, watch: Watch) -> _Parts:
        table, now = self._table, self._time.wall
        links = Links(router, self._lanes, table, watch)
        delivery = Delivery(router, table, self._say, now, self._start, self._env.clock, self._chance)
        gatt = Gatt(router, table, links, watch, delivery)
        return _Parts(links, gatt, Pairing(router, table, links, watch, self._say, now, self._start))

    def _opened(self, operation: str) -> _Parts:
        if self._parts is None:
            detail = "the router is not open"
            raise BleError(Failure(kind=ErrorKind.OP_CANCELLED, operation=operation, detail=detail))
        return self._parts

    def _say_link(self, link: LinkChanged) -> None:
        """What hangs on a link ends before the link is told down."""
        if link.state == "down" and self._parts is not None:
            self._parts.pairing.forget(link.peer, link.reason)
            self._parts.gatt.forget(link.peer)
        self._say(link)

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

    # -- links

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        parts = self._opened("connect")
        peer = await parts.links.connect(address, lane=lane, address_type=address_type, within=within)
        if pair and not self._table.is_bonded(peer.address):
            await parts.pairing.pair(peer, within=within)
        return peer

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        await self._opened("disconnect").links.disconnect(peer, within=within)

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        return await self._opened("discover").gatt.discover(peer, refresh=refresh, within=within)

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return await self._opened("read").gatt.read(peer, handle, within=within)

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await self._opened("write").gatt.write(peer, handle, value, response=response, within=within)

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        await self._opened("subscribe").gatt.subscribe(peer, handle, mode=mode, within=within)

    async def pair(self, peer: Peer, *, within: float) -> None:
        await self._opened("pair").pairing.pair(peer, within=within)

    async def unpair(self, peer: Peer, *, within: float) -> None:
        await self._opened("unpair").pairing.unpair(peer, within=within)

    async def answer(self, prompt: int, value: str | None) -> None:
        self._opened("answer").pairing.answer(prompt, value)

    async def rssi(self, peer: Peer, *, within: float) -> int:
        return await self._opened("rssi").links.rssi(peer, within=within)

    async def set_phy(self, peer: Peer, *, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        return await self._opened("set_phy").links.set_phy(peer, tx=tx, rx=rx, within=within)

    async def bonds(self) -> tuple[Bond, ...]:
        raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="bonds", detail=NO_BONDS))

    async def probe(self) -> AsyncIterator[Rung]:
        async for rung in probe.rungs(self._options, self._env):
            yield rung


def _nowhere(events: Sequence[Event]) -> None:
    """Before `open` and after `aclose` nobody listens."""
