"""The adapter under macOS or Windows: one lane, and what bleak tells of it. Not run on either system so far.

bleak reports no change of power there, so a radio that is switched off shows when a scan starts, not while it runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bletui.backend import Emit, Env
from bletui.backends.local import arguments, native
from bletui.backends.local.adverts import from_desktop
from bletui.backends.local.attempt import Attempt
from bletui.backends.local.listen import Listened, listen
from bletui.backends.local.options import Options
from bletui.backends.local.outlet import Outlet
from bletui.backends.local.patience import Patience, finish
from bletui.backends.local.scanner import STREAM, AdapterScan, Make
from bletui.backends.local.systems import System
from bletui.backends.local.values import LinkedValues
from bletui.errors import Context
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Lane, LaneChanged, Peer, Rung, ScanRequest, StreamChanged
from bletui.target import invalid

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.backends.device import BLEDevice

NAME = "Bluetooth"
_PATIENCE = Patience()

Ask = Callable[[float, Context], Awaitable[Listened]]


class DesktopBackend(LinkedValues):
    """`make` and `ask` are how it scans, and how a child process listens first."""

    def __init__(
        self,
        options: Options,
        env: Env,
        system: System,
        *,
        make: Make | None = None,
        ask: Ask = listen,
        patience: Patience = _PATIENCE,
    ) -> None:
        if options.adapter:
            raise invalid(f"{system.name} offers one adapter and no choice: local:")
        self._context = Context(radio=env.radio, evidence={"system": system.name})
        self._env = env
        self._system = system
        self._make = make or partial(desktop_scanner, passive=options.passive)
        self._ask = ask
        self._patience = patience
        self._lane = Lane(f"{env.radio}/adapter", NAME, cannot=dict(system.cannot))
        self._wish: ScanRequest | None = None
        self._usable: Failure | None = None
        self._ready = False
        self._scan: AdapterScan | None = None
        self._outlet: Outlet | None = None
        self._task: asyncio.Task[None] | None = None
        self._group = asyncio.TaskGroup()

    async def open(self, emit: Emit) -> None:
        self._outlet = Outlet(emit, self._env.clock)
        self._outlet.tell(LaneChanged(self._outlet.now(), self._lane))
        self._begin(self._outlet, self._group)
        self._scan = AdapterScan(NAME, self._context, self._outlet, self._make, self._group, self._patience)
        self._task = asyncio.get_running_loop().create_task(self._run(self._scan, self._outlet))

    async def aclose(self) -> None:
        if self._task is None or self._outlet is None:
            return
        self._outlet.close()
        await self._end_links()
        if self._scan is not None:
            self._scan.close(alive=True)
        await finish(self._task, self._patience.end)

    def scan(self, request: ScanRequest | None) -> None:
        self._wish = request
        self._assign()

    async def probe(self) -> AsyncIterator[Rung]:
        """One rung: a child process listens for 5 s, so that a refusal ends it and not us."""
        listened = await self._ask(5.0, self._context)
        if listened.failure is not None:
            failure = listened.failure
            yield Rung("hears", "fail", failure.detail or failure.message or failure.kind.title, failure)
        elif listened.rssi is None:
            silence = Failure(kind=ErrorKind.LINK_NOT_SEEN, detail="nothing heard for 5 s", radio=self._env.radio)
            yield Rung("hears", "fail", silence.detail, silence)
        else:
            yield Rung("hears", "ok", f"packets are heard, the first at {listened.rssi} dBm")

    async def _run(self, scan: AdapterScan, outlet: Outlet) -> None:
        try:
            async with self._group:
                self._group.create_task(scan.run())
                if self._system.kills:
                    await self._survive(outlet)
                self._ready = True
                self._assign()
        except Exception as bug:  # nothing but a bug comes here, and it must not end in silence
            failure = native.bug(bug, self._context)
            outlet.tell(StreamChanged(outlet.now(), self._lane.id, STREAM, "broken", failure))
            raise

    async def _survive(self, outlet: Outlet) -> None:
        """Has a child touch the radio first; if the system ends it, the lane says so and bletui goes on."""
        self._usable = (await self._ask(0.0, self._context)).failure
        if self._usable is not None:
            lane = replace(self._lane, usable=self._usable)
            outlet.tell(LaneChanged(outlet.now(), lane))

    # -- what links need to know

    def _lane_of(self, lane: str | None, operation: str, address: str) -> Lane:
        if lane != self._lane.id or self._usable is not None:
            missing = Failure(kind=ErrorKind.ADAPTER_MISSING, lane=lane, detail=f"there is no lane {lane!r}")
            raise BleError(replace(self._usable or missing, operation=operation, address=address))
        return self._lane

    def _context_of(self, peer: Peer) -> Context:
        return replace(self._context, lane=peer.lane, address=peer.address)

    async def _device(self, peer: Peer, _attempt: Attempt) -> BLEDevice | str:
        """As the running scan heard it; bleak looks for what it did not hear."""
        heard = self._scan.heard() if self._scan is not None else {}
        return next((one for one in heard.values() if one.address.upper() == peer.address), peer.address)

    @staticmethod
    def _address(text: str) -> str:
        return arguments.identifier(text)

    def _assign(self) -> None:
        if self._scan is not None and self._ready:
            wish = self._wish
            wanted = wish is not None and (not wish.lanes or self._lane.id in wish.lanes)
            self._scan.assign(self._lane.id, self._usable, wanted=wanted)


def desktop_scanner(scan: AdapterScan, *, passive: bool, backend: Any = None) -> BleakScanner:
    """bleak's scanner for the system, or with `backend` in its place."""
    from bleak import BleakScanner

    def heard(device: Any, data: Any) -> None:
        if scan.lane is not None:
            scan.outlet.hear(from_desktop(scan.outlet.now(), scan.lane, device.address, data))

    if passive:
        raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, detail="passive scans are for BlueZ so far"))
    return BleakScanner(heard, backend=backend)
