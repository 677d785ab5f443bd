"""Adapters under BlueZ: they, bluetoothd and the bus may come and go at any time, and the lanes follow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import partial

from bletui.backend import Emit, Env
from bletui.backends.local import adapters as described
from bletui.backends.local import native
from bletui.backends.local.bleakbus import Losses, release
from bletui.backends.local.bluezlinks import BluezLinks
from bletui.backends.local.bus import (
    AdapterAppeared,
    AdapterChanged,
    AdapterVanished,
    Change,
    OwnerChanged,
    SystemBus,
)
from bletui.backends.local.dbuspolicy import explained
from bletui.backends.local.devices import (
    DeviceAppeared,
    DeviceChanged,
    DeviceVanished,
    Disconnected,
    ServicesMoved,
)
from bletui.backends.local.machine import Machine
from bletui.backends.local.options import Options
from bletui.backends.local.outlet import Outlet
from bletui.backends.local.patience import Patience, finish
from bletui.backends.local.scanner import STREAM, AdapterScan, bluez_scanner
from bletui.errors import Context
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Lane, LaneChanged, LaneDown, Peer, Rung, ScanRequest, StreamChanged

_PATIENCE = Patience()
LONGEST = 10.0  # seconds between two tries at what no signal announces


class LinuxBackend(BluezLinks):
    """Each adapter a lane. Nothing is asked twice: signals of bluetoothd and of the bus bring every change."""

    def __init__(
        self, options: Options, env: Env, machine: Machine | None = None, patience: Patience = _PATIENCE
    ) -> None:
        self._options = options
        self._env = env
        self._machine = machine or Machine()
        self._context = Context(radio=env.radio, evidence=self._machine.evidence)
        self._patience = patience
        self._wish: ScanRequest | None = None
        self._world: dict[str, described.Properties] | None = None  # None: bluetoothd is not there
        self._lanes: dict[str, Lane] = {}
        self._scans: dict[str, AdapterScan] = {}
        self._broken: Failure | None = None
        self._outlet: Outlet | None = None
        self._group = asyncio.TaskGroup()
        self._task: asyncio.Task[None] | None = None
        self._system: SystemBus | None = None  # while bluetoothd is there
        self._closing = False
        self._attempt = 0  # tries at the bus, or at bluetoothd, that failed in a row
        self._restarted = False
        self._outdated = asyncio.Event()  # what we know of BlueZ is out of date
        self._told = asyncio.Event()

    async def open(self, emit: Emit) -> None:
        self._outlet = Outlet(emit, self._env.clock)
        self._losses = Losses(self._outlet.shed)
        self._losses.watch()
        self._begin(self._outlet, self._group)
        self._task = asyncio.get_running_loop().create_task(self._run())
        try:
            async with asyncio.timeout(self._patience.look):
                await self._told.wait()
        except TimeoutError:
            return  # the lanes come when BlueZ answers

    async def aclose(self) -> None:
        if self._task is None or self._outlet is None:
            return
        self._closing = True
        self._outlet.close()
        await self._end_links()
        self._outdated.set()
        for scan in self._scans.values():
            scan.close(alive=self._world is not None)
        try:
            await finish(self._task, self._patience.end)
        finally:
            self._losses.end()
            await release()

    def scan(self, request: ScanRequest | None) -> None:
        self._wish = request
        self._assign()

    async def probe(self) -> AsyncIterator[Rung]:
        from bletui.backends.local.ladder import climb

        async for rung in climb(self._options, self._env, self._machine, self._patience):
            yield rung

    # -- the connection to the bus

    async def _run(self) -> None:
        try:
            async with self._group:
                while not self._closing:
                    await self._follow()
        except Exception as bug:  # nothing but a bug comes here, and it must not end in silence
            self._lose(native.bug(bug, self._context), None)
            raise

    async def _follow(self) -> None:
        """One connection to the bus, from its opening to its end and the pause after that."""
        bus = SystemBus(self._context, self._note, self._patience.answer)
        lost: asyncio.Task[BleError] | None = None
        try:
            await bus.connect()
            self._attempt = 0
            lost = self._group.create_task(bus.lost())
            lost.add_done_callback(lambda _: self._outdated.set())
            activate = True
            while not lost.done() and not self._closing:
                await self._look(bus, activate=activate)
                activate = False  # who stops bluetoothd while we watch wants it stopped
            failure = (await lost).failure if lost.done() else None
        except BleError as error:
            failure = error.failure
        finally:
            await bus.close()
        if failure is not None and not self._closing:
            await self._pause(failure)

    async def _look(self, bus: SystemBus, *, activate: bool) -> None:
        """Reads the adapters, and returns when that has to be done again."""
        self._outdated.clear()
        try:
            world, known = await bus.objects(activate=activate)
        except BleError as error:
            if error.failure.kind is not ErrorKind.ADAPTER_MISSING:
                await self._pause(self._told_why(error.failure))
                return
            self._lose(error.failure, None)  # bluetoothd's return is heard
        else:
            if self._restarted and self._lanes:
                self._lose(native.restarted(self._context), None)
            self._world, self._restarted, self._attempt = world, False, 0
            self._system = bus
            self._reconcile()
            for path, held in known.items():
                if held.get("Connected") is True:
                    await self._found(path, held)
        await self._outdated.wait()

    def _told_why(self, failure: Failure) -> Failure:
        if failure.kind is not ErrorKind.ADAPTER_DENIED:
            return failure
        return explained(failure, self._machine.policies(), self._machine.user, self._machine.groups)

    async def _pause(self, failure: Failure) -> None:
        """What no signal announces is tried again after a while, or when something does change."""
        seconds = min(LONGEST, 0.5 * 2.0 ** min(self._attempt, 10))
        self._attempt += 1
        self._outdated.clear()
        self._lose(failure, seconds)
        try:
            async with asyncio.timeout(seconds):
                await self._outdated.wait()
        except TimeoutError:
            return

    # -- what is known of BlueZ

    def _note(self, change: Change) -> None:
        match change:
            case OwnerChanged():
                self._world, self._restarted = None, True
                self._outdated.set()
            case DeviceAppeared() | DeviceVanished() | DeviceChanged() | Disconnected() | ServicesMoved():
                self._device_told(change)
            case _ if self._world is None:
                pass  # the answer that is on its way holds it
            case AdapterAppeared(path=path, properties=properties):
                self._world[path] = properties
                self._reconcile()
            case AdapterVanished(path=path):
                self._world.pop(path, None)
                self._reconcile()
            case AdapterChanged(path=path, changed=changed, dropped=dropped) if path in self._world:
                held = dict(self._world[path]) | dict(changed)
                self._world[path] = {name: value for name, value in held.items() if name not in dropped}
                self._reconcile()

    def _reconcile(self) -> None:
        """Brings the lanes in line with the adapters that BlueZ names."""
        present = described.adapters(self._world or {})
        chosen = {key: one for key, one in present.items() if self._options.selects(one.name, one.address)}
        found = self._machine.switches()
        lanes = [described.lane(key, one, self._env.radio, self._options, found) for key, one in chosen.items()]
        gone = described.absent(self._options, present.values(), self._env.radio)
        for lane in list(self._lanes.values()):
            if not any(lane.id == other.id and lane.name == other.name for other in lanes):
                self._drop(lane, gone)
        for lane in lanes:
            if self._lanes.get(lane.id) != lane:
                self._lanes[lane.id] = lane
                if lane.usable is not None:
                    self._lane_off(lane.id)
                self._tell(LaneChanged(self._now(), lane))
        if lanes:
            self._mend()
        else:
            self._break(gone, None)
        self._assign()
        self._told.set()

    def _lose(self, failure: Failure, seconds: float | None) -> None:
        """bluetoothd, or the way to it, is gone; `seconds` until the next try, None: its return is heard."""
        self._world = self._system = None
        self._bluez_lost()
        for lane in list(self._lanes.values()):
            self._drop(lane, failure)
        self._break(failure, seconds)
        self._told.set()

    def _drop(self, lane: Lane, reason: Failure) -> None:
        del self._lanes[lane.id]
        if lane.name in self._scans:
            self._scans[lane.name].park(reason)
        self._lane_gone(lane.id, reason)
        self._tell(LaneDown(self._now(), lane.id, reason))

    def _assign(self) -> None:
        for lane in self._lanes.values():
            scan = self._scans.get(lane.name)
            if scan is None:
                make = partial(bluez_scanner, passive=self._options.passive)
                evidence = dict(self._context.evidence)
                if bus := self._machine.transport(lane.name):
                    evidence["bus"] = bus
                context = replace(self._context, evidence=evidence)
                scan = AdapterScan(lane.name, context, self._door, make, self._group, self._patience)
                self._scans[lane.name] = scan
                self._group.create_task(scan.run())
            wish = self._wish
            scan.assign(lane.id, lane.usable, wanted=wish is not None and (not wish.lanes or lane.id in wish.lanes))

    # -- what links need to know

    @property
    def _bus(self) -> SystemBus:
        if self._system is None:
            failure = self._broken or Failure(kind=ErrorKind.ADAPTER_MISSING, radio=self._env.radio)
            raise BleError(failure)
        return self._system

    @property
    def _present(self) -> Mapping[str, Lane]:
        return self._lanes

    def _lane_of(self, lane: str | None, operation: str, address: str) -> Lane:
        found = self._lanes.get(lane or "")
        if found is None:
            detail = f"there is no lane {lane!r}"
            gone = Failure(
                kind=ErrorKind.ADAPTER_MISSING, operation=operation, lane=lane, address=address, detail=detail
            )
            raise BleError(replace(gone, radio=self._env.radio))
        if found.usable is not None:
            raise BleError(replace(found.usable, operation=operation, address=address))
        return found

    def _context_of(self, peer: Peer) -> Context:
        lane = self._lanes.get(peer.lane)
        evidence = {**self._context.evidence, **({"adapter": lane.name} if lane else {})}
        return replace(self._context, lane=peer.lane, address=peer.address, at=self._now(), evidence=evidence)

    def _hears(self, lane: str) -> bool:
        found = self._lanes.get(lane)
        scan = self._scans.get(found.name) if found else None
        return scan is not None and scan.live and not self._options.passive

    # -- what is said of the radio as a whole

    def _break(self, failure: Failure, seconds: float | None) -> None:
        if seconds is None and failure == self._broken:
            return
        self._broken = failure
        now = self._now()
        self._tell(StreamChanged(now, None, STREAM, "broken", failure, None if seconds is None else now + seconds))

    def _mend(self) -> None:
        """Takes the radio's own failure back; from here on its lanes speak for themselves."""
        if self._broken is not None:
            self._broken = None
            self._tell(StreamChanged(self._now(), None, STREAM, "off"))

    @property
    def _door(self) -> Outlet:
        assert self._outlet is not None
        return self._outlet

    def _now(self) -> float:
        return self._door.now()

    def _tell(self, event: LaneChanged | LaneDown | StreamChanged) -> None:
        self._door.tell(event)
