"""The scan of one adapter: what is wanted, what bleak's scanner does, and what is said of it."""

from __future__ import annotations

import asyncio
import importlib
import random
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bletui.backends.local import native
from bletui.backends.local.bleakbus import forget
from bletui.backends.local.outlet import Outlet
from bletui.backends.local.patience import Patience
from bletui.errors import Context
from bletui.failure import Failure
from bletui.kinds import BACKOFF, NEVER, NOW, QUEUE, RESCAN
from bletui.model import StreamChanged, StreamState

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.backends.device import BLEDevice

STREAM = "scan"

# First and longest delay. After a crash of bluetoothd the kernel goes on with its scan for up to 10 s and BlueZ is busy
# that long; what people must mend takes longer.
_DELAYS = {NOW: (0.5, 30.0), BACKOFF: (0.5, 30.0), QUEUE: (0.5, 2.0), RESCAN: (2.0, 30.0)}
_PEOPLE = (15.0, 30.0)

Make = Callable[["AdapterScan"], "BleakScanner"]


def delay(failure: Failure, attempt: int, luck: float) -> float | None:
    """Seconds until the next try after `attempt` failed ones (from 1); None: it cannot succeed. `luck`: 0 to 1."""
    if failure.retry_class == NEVER:
        return None
    first, longest = _DELAYS.get(failure.retry_class, _PEOPLE)
    return float(min(longest, first * 2.0 ** min(attempt - 1, 10))) * (0.8 + 0.4 * luck)


class AdapterScan:
    """Scans on one adapter name for as long as it is wanted; `run` is its task.

    It is parked while the adapter or bluetoothd is away. The scanner of before is then kept, and stopped only when they
    are back: a call to a bluetoothd that somebody stops just now would have the bus start it again. So it is while the
    adapter is off, which ended the discovery, and which is the first thing that a bluetoothd does that is stopped.
    """

    def __init__(
        self, adapter: str, context: Context, outlet: Outlet, make: Make, group: asyncio.TaskGroup, patience: Patience
    ) -> None:
        self.adapter = adapter
        self.lane: str | None = None
        self.outlet = outlet
        self._around = context
        self._make = make
        self._group = group
        self._patience = patience
        self._wanted = False
        self._usable: Failure | None = None
        self._closing = False
        self._changed = asyncio.Event()
        self._scanner: BleakScanner | None = None
        self._stale = False  # the scanner is from before a loss: BlueZ knows nothing of it
        self._attempt = 0
        self._said: tuple[StreamState, Failure | None] = ("off", None)

    def hears(self) -> None:
        """Packets may come before the start is answered: it is live before they are told."""
        if self._said[0] == "opening":
            self._say("live")

    @property
    def live(self) -> bool:
        return self._said[0] == "live"

    def heard(self) -> dict[str, BLEDevice]:
        """The devices that bleak's running scan has heard, by its own keys."""
        if self._scanner is None:
            return {}
        return {key: one for key, (one, _) in self._scanner.discovered_devices_and_advertisement_data.items()}

    # -- what is wanted

    def assign(self, lane: str, usable: Failure | None, *, wanted: bool) -> None:
        """The adapter is here as `lane`; `usable` says why it can't scan now."""
        if (lane, usable, wanted) != (self.lane, self._usable, self._wanted):
            self.lane, self._usable, self._wanted = lane, usable, wanted
            self._again()

    def park(self, reason: Failure) -> None:
        """The adapter is gone, and its stream broken for `reason`, if there was one."""
        if self.lane is None:
            return
        if self._said[0] != "off":
            self._say("broken", reason)
        self.lane = None
        self._said = ("off", None)
        self._stale = self._scanner is not None
        self._again()

    def close(self, *, alive: bool) -> None:
        """Ends the scan. `alive`: bluetoothd is there to be told, of an adapter that is there and on."""
        self._closing = True
        self._stale = self._stale and not (alive and self.lane is not None and self._usable is None)
        self._again()

    def _again(self) -> None:
        self._attempt = 0
        self._changed.set()

    # -- what is done about it

    async def run(self) -> None:
        try:
            while not self._closing:
                self._changed.clear()
                await self._wait(await self._step())
        finally:
            if self._scanner is not None and not self._stale:
                await self._stop()
            elif self._scanner is not None:
                forget(self._scanner)

    async def _step(self) -> float | None:
        """Moves towards what is wanted; the seconds until another try, or None: until something changes."""
        if self.lane is None:
            return None
        if self._usable is not None:
            self._rest(self._usable)
            return None
        if self._stale and (failure := await self._retire()):
            return self._fail(failure)
        if self._wanted:
            return None if self._scanner else await self._start()
        stopped = await self._stop() if self._scanner is not None else None
        self._say("off", stopped)
        return None

    def _rest(self, failure: Failure) -> None:
        """The adapter can't scan for now, and has ended a scan that ran."""
        if self._scanner is not None and not self._stale:
            self._stale = True
            failure = _went_off(failure)
        self._say("broken" if self._wanted else "off", failure)

    async def _wait(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return  # time for the next try

    async def _start(self) -> float | None:
        self._say("opening")
        lane = self.lane
        failure = await self._started()
        if failure is None or lane != self.lane:
            self._attempt = 0
            return None
        return self._fail(failure)

    def _fail(self, failure: Failure) -> float | None:
        self._attempt += 1
        seconds = delay(failure, self._attempt, random.random())
        self._say("broken", failure, seconds)
        return seconds

    async def _started(self) -> Failure | None:
        """Starts bleak's scanner. A start is never cancelled: BlueZ would keep a discovery that bleak has forgotten."""
        try:
            await asyncio.to_thread(importlib.import_module, "bleak")  # a tenth of a second that keys need not wait for
            scanner = self._make(self)
        except Exception as error:  # bleak refuses what it can't do; this is where that gets its name
            return native.raised(error, STREAM, self._context())
        start = self._group.create_task(_outcome(scanner))
        done, _ = await asyncio.wait({start}, timeout=self._patience.start)
        if not done:
            self._say("broken", native.no_reply("StartDiscovery", self._patience.start, STREAM, self._context()))
        refusal = await start
        if refusal is not None:
            return native.raised(refusal, STREAM, self._context())
        self._scanner = scanner
        if self.lane is not None:
            self._say("live")
        return None

    async def _stop(self) -> Failure | None:
        """Stops the scanner; a failure matters to whoever wanted it off, not where its adapter is off or gone."""
        scanner, self._scanner = self._scanner, None
        assert scanner is not None
        try:
            async with asyncio.timeout(self._patience.goodbye):
                await scanner.stop()
        except TimeoutError:
            return native.no_reply("StopDiscovery", self._patience.goodbye, STREAM, self._context())
        except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
            failure = native.raised(error, STREAM, self._context())
            return None if failure.already_done else failure
        return None

    async def _retire(self) -> Failure | None:
        """Takes a scanner's callbacks out of bleak; that BlueZ refuses to stop what it has forgotten is expected."""
        from bleak.backends.bluezdbus.manager import get_global_bluez_manager

        try:
            await get_global_bluez_manager()  # the bus of before may be gone; stopping needs one
        except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
            return native.raised(error, STREAM, self._context())
        self._stale = False
        await self._stop()
        return None

    # -- what is said

    def _say(self, state: StreamState, failure: Failure | None = None, seconds: float | None = None) -> None:
        if self.lane is None or ((state, failure) == self._said and seconds is None):
            return
        self._said = state, failure
        now = self.outlet.now()
        self.outlet.tell(
            StreamChanged(now, self.lane, STREAM, state, failure, None if seconds is None else now + seconds)
        )

    def _context(self) -> Context:
        evidence = {**self._around.evidence, "adapter": self.adapter}
        return replace(self._around, lane=self.lane, at=self.outlet.now(), evidence=evidence)


def _went_off(failure: Failure) -> Failure:
    """Why a running scan ended: nobody switches an adapter off under a scan without a reason that may return."""
    return replace(failure, operation=STREAM, evidence=(*failure.evidence, ("was_on", "yes")))


async def _outcome(scanner: BleakScanner) -> Exception | None:
    """Starts it; what it raises is handed over as a value, so that a task group never ends for it."""
    try:
        await scanner.start()
    except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
        return error
    return None


def bluez_scanner(scan: AdapterScan, *, passive: bool) -> BleakScanner:
    """bleak's scanner for the adapter; its reports go to the outlet under the lane's id of then."""
    from bleak import BleakScanner

    from bletui.backends.local.adverts import from_bluez

    def heard(_device: Any, data: Any) -> None:
        lane, outlet = scan.lane, scan.outlet
        if lane is None:
            return
        if not scan.live:
            scan.hears()
        try:
            advertisement = from_bluez(outlet.now(), lane, data)
        except (AttributeError, KeyError, TypeError, ValueError):  # properties of types that BlueZ never declares
            outlet.shed(lane)
            return
        if advertisement is not None:
            outlet.hear(advertisement)

    if passive:
        return BleakScanner(heard, scanning_mode="passive", bluez={"adapter": scan.adapter, "or_patterns": PATTERNS})
    return BleakScanner(heard, bluez={"adapter": scan.adapter})


# Patterns are all that BlueZ offers for a passive scan. AD flags come first in nearly every connectable packet; these
# values are 442 of 449 that were found in recordings (Supplement to the Core, Part A, 1.3). No more of them: bluetoothd
# 5.66 took five and died of sixteen ("Failed to Add Adv Patterns Monitor with status 0x0d", then its heap was corrupt).
FLAGS = (0x06, 0x1A, 0x05, 0x04)
PATTERNS: Any = [(0, 0x01, bytes([flags])) for flags in FLAGS]
