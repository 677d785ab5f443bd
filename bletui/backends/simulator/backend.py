"""The simulator as a backend: paces a site on the event loop, and hands each call to the part that knows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack

from bletui.backend import Backend, Emit, Env
from bletui.backends.simulator.bonds import Bonds
from bletui.backends.simulator.ending import Limit
from bletui.backends.simulator.link import Link
from bletui.backends.simulator.links import Links
from bletui.backends.simulator.notifying import Notifying
from bletui.backends.simulator.options import Options
from bletui.backends.simulator.pairing import Pairing
from bletui.backends.simulator.reception import Reception
from bletui.backends.simulator.rungs import rungs
from bletui.backends.simulator.schedule import TICK, schedule
from bletui.backends.simulator.siteclock import SiteClock, Turn
from bletui.backends.simulator.transfers import Transfers
from bletui.backends.simulator.world import World
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    AddressType,
    Advertisement,
    Bond,
    Event,
    GattTree,
    NotifyMode,
    Peer,
    Phy,
    Rung,
    ScanRequest,
    Shed,
)
from bletui.target import invalid

Ticks = Iterator[list[Advertisement]]


class Simulator(Backend):
    """A site's time starts with the first scan or call, so that two runs with one seed emit the same events."""

    def __init__(self, options: Options, env: Env) -> None:
        self._options, self._env = options, env
        self._tasks = AsyncExitStack()
        self._runner: asyncio.Task[None] | None = None
        self._request: ScanRequest | None = None
        self._restarts = 0
        self._asked = asyncio.Event()

    async def open(self, emit: Emit) -> None:
        options = self._options
        # Here and not in a thread, though the largest crowd takes half a second: threads and virtual time don't mix.
        site = options.site()
        clock = SiteClock(self._env.clock.wall(), options.speed)
        tasks = await self._tasks.enter_async_context(asyncio.TaskGroup())
        self._world = World(site, options, clock, emit, tasks)
        self._reception = Reception(site, options.radio, options.faults, clock, self._world.used)
        self._pairing = Pairing(self._world)
        self._links = Links(self._world, self._reception.lane, self._pairing.ended)
        self._notifying = Notifying(self._world)
        self._transfers = Transfers(self._world, self._links, self._notifying)
        self._bonds = Bonds(self._world, self._links)
        emit(self._reception.lanes())
        self._world.emit(self._links.held())
        self._runner = tasks.create_task(self._run(schedule(site, options.seed, clock)))

    async def aclose(self) -> None:
        if self._runner is not None:
            self._world.closed = True
            self._links.close(Failure(kind=ErrorKind.OP_CANCELLED, detail="the simulator was closed"))
            self._runner.cancel()
        await self._tasks.aclose()

    def scan(self, request: ScanRequest | None) -> None:
        if request is not None and self._request is None:
            self._restarts += 1  # where the wish was taken back just now, what is broken is tried anew
        self._request = request
        if request is not None:
            self._asked.set()

    @property
    def most_asking(self) -> Mapping[str, int]:
        """Per lane, how many connect and pair calls came at a time: more than one is a queue's mistake."""
        return self._links.most_asking

    async def _run(self, ticks: Ticks) -> None:
        await self._asked.wait()
        world, reception, emit = self._world, self._reception, self._world.emit
        heard, n = next(ticks), 0
        now, wall = asyncio.get_running_loop().time, self._env.clock.wall
        clock = world.clock
        clock.begin(now(), wall())
        while True:
            end = (n + 1) * TICK
            turn = clock.turn(end, now(), wall())
            if turn is Turn.WAIT:
                await asyncio.sleep(max(-clock.lag(end, now()), TICK))
                continue
            t = n * TICK
            self._links.tick(t)
            changes, reported = reception.tick(
                t, heard, self._request, restarts=self._restarts, connected=self._links.silent()
            )
            told = reported if turn is Turn.DELIVER else _shed(clock.wall(t), reported)
            if changes or told:
                emit([*changes, *told])
            await asyncio.sleep(0)
            heard, n = next(ticks), n + 1
            world.ticks = n

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
    ) -> Peer:
        self._begin()
        if lane is None:
            raise invalid("connect needs a lane here")
        peer = Peer(lane, address)
        link = self._links.find(peer)
        if link is not None and (not pair or link.bonded):
            return peer
        async with self._links.asking(peer, "connect", within) as limit:
            new = link is None
            link = link or await self._links.bring_up(peer, address_type, within, limit)
            if pair:
                await self._secure(link, limit, "connect", new=new)
            if new:
                self._notifying.restore(link)
        return peer

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        await self._links.disconnect(peer, within)

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        return await self._transfers.discover(peer, refresh, within)

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        return await self._transfers.read(peer, handle, within)

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await self._transfers.write(peer, handle, value, response, within)

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        await self._transfers.subscribe(peer, handle, mode, within)

    async def pair(self, peer: Peer, *, within: float) -> None:
        """Connects by itself where no link is up, as routers from firmware 2.0 and BlueZ do."""
        self._begin()
        async with self._links.asking(peer, "pair", within) as limit:
            link = self._links.find(peer)
            new = link is None
            link = link or await self._links.bring_up(peer, None, within, limit)
            await self._secure(link, limit, "pair", new=new)

    async def _secure(self, link: Link, limit: Limit, operation: str, *, new: bool) -> None:
        """Pairs; a link that was made for it does not outlast a failure."""
        try:
            async with link.within(None, operation, _unlimited):
                await self._pairing.pair(link, limit)
        except BaseException:  # cancelled too: nobody would release the link
            if new:
                self._links.release(link)
            raise

    async def unpair(self, peer: Peer, *, within: float) -> None:
        await self._bonds.remove(peer, within)

    async def answer(self, prompt: int, value: str | None) -> None:
        self._pairing.answer(prompt, value)

    async def rssi(self, peer: Peer, *, within: float) -> int:
        return await self._transfers.rssi(peer, within)

    async def set_phy(self, peer: Peer, *, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        return await self._transfers.set_phy(peer, tx, rx, within)

    async def bonds(self) -> tuple[Bond, ...]:
        return self._bonds.listed()

    def _begin(self) -> None:
        self._asked.set()


def _unlimited(word: str | None) -> Failure:
    raise AssertionError("a call without a limit of its own was late")


def _shed(at: float, reported: list[Advertisement]) -> list[Event]:
    return [Shed(at, None, "advertisements", len(reported))] if reported else []
