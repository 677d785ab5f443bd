"""The doctor's rungs for Linux: each goes a step further than the one before, and shows what it saw."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bletui.backend import Env
from bletui.backends.local import adapters as described
from bletui.backends.local.adapters import Adapter, Properties
from bletui.backends.local.bleakbus import release
from bletui.backends.local.bus import BLUEZ, DBUS, SystemBus, address
from bletui.backends.local.dbuspolicy import explained
from bletui.backends.local.machine import Machine
from bletui.backends.local.native import no_reply, raised
from bletui.backends.local.options import Options
from bletui.backends.local.patience import Patience
from bletui.backends.local.rfkill import blocking
from bletui.errors import Context
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Rung, RungState
from bletui.text import bounded, visible

OLDEST = (5, 55)  # what bleak asks for

Seen = tuple[RungState, str]  # how a step went, and its evidence; a failure is raised


@dataclass(slots=True)
class Ladder:
    """What the steps have found so far. `world` None: BlueZ was not, or could not be, asked."""

    options: Options
    context: Context
    machine: Machine
    patience: Patience
    listen: float
    bus: SystemBus = field(init=False)
    world: Mapping[str, Properties] | None = None
    denied: Failure | None = None

    def __post_init__(self) -> None:
        self.bus = SystemBus(self.context, lambda _change: None, self.patience.answer)

    @property
    def chosen(self) -> list[Adapter]:
        found = described.adapters(self.world or {}).values()
        return [one for one in found if self.options.selects(one.name, one.address)]

    def fail(self, kind: ErrorKind, detail: str, **evidence: str) -> BleError:
        known = tuple((dict(self.context.evidence) | evidence).items())
        return BleError(Failure(kind=kind, detail=detail, operation="probe", radio=self.context.radio, evidence=known))


async def climb(
    options: Options, env: Env, machine: Machine, patience: Patience, listen: float = 5.0
) -> AsyncIterator[Rung]:
    """Every rung in order. Those after a failed one are skipped and say so; the last one stands by itself."""
    context = Context(radio=env.radio, evidence=machine.evidence)
    ladder = Ladder(options, context, machine, patience, listen)
    broken = ""
    try:
        for name, step in _STEPS.items():
            rung = Rung(name, "skipped", f"skipped: {broken}") if broken else await _climb(name, step, ladder)
            if rung.state == "fail" or (rung.state == "warn" and name == "org.bluez"):
                broken = f"{name} comes first"
            yield rung
    finally:
        await ladder.bus.close()
        await release()
    yield surroundings(machine)


async def _climb(name: str, step: Callable[[Ladder], Awaitable[Seen]], ladder: Ladder) -> Rung:
    began = time.monotonic()
    try:
        state, evidence = await step(ladder)
    except BleError as error:
        failure = replace(error.failure, evidence=(*error.failure.evidence, ("rung", name)))
        words = ": ".join(part for part in (failure.detail, failure.message or failure.code) if part)
        return Rung(name, "fail", f"{visible(words)}, {_ms(began)}", failure)
    return Rung(name, state, f"skipped: {evidence}" if state == "skipped" else f"{evidence}, {_ms(began)}")


async def _bus(ladder: Ladder) -> Seen:
    await ladder.bus.connect()
    return "ok", f"{address()} answers"


async def _bluetoothd(ladder: Ladder) -> Seen:
    path = "/org/freedesktop/DBus"
    [owned] = await ladder.bus.call(DBUS, path, DBUS, "NameHasOwner", "s", [BLUEZ])
    if owned:
        [owner] = await ladder.bus.call(DBUS, path, DBUS, "GetNameOwner", "s", [BLUEZ])
        [pid] = await ladder.bus.call(DBUS, path, DBUS, "GetConnectionUnixProcessID", "s", [BLUEZ])
        return "ok", f"owned by {owner}, process {pid}"
    [startable] = await ladder.bus.call(DBUS, path, DBUS, "ListActivatableNames")
    if BLUEZ in startable:
        return "warn", "bluetoothd does not run; the bus would start it for the first caller"
    raise ladder.fail(ErrorKind.ADAPTER_MISSING, "bluetoothd does not run, and the bus knows no way to start it")


async def _controller(ladder: Ladder) -> Seen:
    kernel = ladder.machine.controllers()
    seen = f"the kernel has {', '.join(kernel) or 'none'}"
    try:
        ladder.world = (await ladder.bus.objects(activate=False))[0]
    except BleError as error:
        if error.failure.kind is not ErrorKind.ADAPTER_DENIED:
            raise
        ladder.denied = error.failure
        return "warn", f"BlueZ refuses to be asked; {seen}"
    if not ladder.chosen:
        gone = described.absent(ladder.options, described.adapters(ladder.world).values(), ladder.context.radio)
        raise BleError(replace(gone, detail=f"{gone.detail}; {seen}", operation="probe"))
    deaf = [one for one in ladder.chosen if one.roles is not None and "central" not in one.roles]
    if len(deaf) == len(ladder.chosen):
        raise ladder.fail(ErrorKind.ADAPTER_MISSING, f"{', '.join(one.name for one in deaf)}: no LE central role")
    return "ok", ", ".join(f"{one.name} {one.address} ({_roles(one)})" for one in ladder.chosen)


async def _rfkill(ladder: Ladder) -> Seen:
    switches = ladder.machine.switches()
    barred = [one.name for one in ladder.chosen if one.power_state == described.BLOCKED]
    if not switches and barred and len(barred) == len(ladder.chosen):
        detail = f"BlueZ says that {', '.join(barred)} is blocked; no switch is visible from here"
        raise ladder.fail(ErrorKind.ADAPTER_OFF, detail, adapter=barred[0])
    if not switches:
        return "skipped", "this kernel shows no Bluetooth switch" if switches == () else "this kernel has no rfkill"
    names = [one.name for one in ladder.chosen] or list(ladder.machine.controllers())
    blocked = [switch for name in names if (switch := blocking(switches, name))]
    told = ", ".join(f"{one.device} {one.name} {one.state}" for one in switches)
    if blocked and len(blocked) == len(names):
        how = "hard" if blocked[0].hard else "soft"
        raise ladder.fail(ErrorKind.ADAPTER_OFF, told, rfkill=how, adapter=names[0])
    return ("warn" if blocked else "ok"), told


async def _powered(ladder: Ladder) -> Seen:
    if ladder.world is None:
        return "skipped", "BlueZ refuses to be asked"
    off = [one.name for one in ladder.chosen if not one.powered]
    if len(off) == len(ladder.chosen):
        told = all(one.power_state for one in ladder.chosen)  # experimental in BlueZ: "" where it is not told
        rfkill = "none" if told or ladder.machine.switches() else ""
        raise ladder.fail(ErrorKind.ADAPTER_OFF, f"{', '.join(off)}: powered off", adapter=off[0], rfkill=rfkill)
    on = [one.name for one in ladder.chosen if one.powered]
    return ("warn", f"{', '.join(on)} on, {', '.join(off)} off") if off else ("ok", f"{', '.join(on)} on")


async def _permitted(ladder: Ladder) -> Seen:
    if ladder.denied is None:
        return "ok", f"BlueZ answered GetManagedObjects to {ladder.machine.user}"
    machine = ladder.machine
    raise BleError(explained(ladder.denied, machine.policies(), machine.user, machine.groups))


async def _version(ladder: Ladder) -> Seen:
    monitors = [one.name for one in ladder.chosen if one.monitors]
    passive = f"passive scan on {', '.join(monitors)}" if monitors else "no passive scan (bluetoothd runs without -E)"
    version = await _bluetoothctl(ladder.patience.answer)
    if version is None:
        return "ok", f"version not told (no bluetoothctl); {passive}"
    words = f"{version[0]}.{version[1]}; {passive}"
    return ("warn", f"{words}; bleak asks for {OLDEST[0]}.{OLDEST[1]}") if version < OLDEST else ("ok", words)


async def _others(ladder: Ladder) -> Seen:
    busy = [one.name for one in ladder.chosen if one.discovering]
    return ("warn", f"another program scans on {', '.join(busy)}") if busy else ("ok", "nobody scans now")


async def _hears(ladder: Ladder) -> Seen:
    """Scans for a moment, as any scan would, and stops at the first packet."""
    from bleak import BleakScanner

    name = next(one.name for one in ladder.chosen if one.powered)
    first: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def heard(_device: Any, data: Any) -> None:
        if not first.done() and data.rssi != -127:
            first.set_result(data.rssi)

    try:
        async with (
            asyncio.timeout(ladder.listen + ladder.patience.answer),
            BleakScanner(heard, bluez={"adapter": name}),
        ):
            done, _ = await asyncio.wait({first}, timeout=ladder.listen)
    except TimeoutError:
        failure = no_reply("StartDiscovery", ladder.patience.answer, "scan", ladder.context)
        raise BleError(failure) from None
    except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
        raise BleError(raised(error, "scan", ladder.context)) from error
    if not done:
        raise ladder.fail(ErrorKind.LINK_NOT_SEEN, f"{name} heard nothing for {ladder.listen:g} s", adapter=name)
    return "ok", f"{name} hears packets, the first at {first.result()} dBm"


def surroundings(machine: Machine) -> Rung:
    """Container and SSH: no step of the ladder, but what explains many that broke."""
    told = f"in a {machine.container} container: the bus of the host must be mounted" if machine.container else ""
    told = told or "no container"
    seat = "over SSH (nothing here needs a desktop session)" if machine.ssh else "no SSH session"
    return Rung("surroundings", "ok", f"{told}; {seat}; user {machine.user}")


async def _bluetoothctl(within: float) -> tuple[int, int] | None:
    tool = shutil.which("bluetoothctl")
    if tool is None:
        return None
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(tool, "--version", stdin=asyncio.subprocess.DEVNULL, stdout=pipe)
    try:
        async with asyncio.timeout(within):
            told, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return version(told.decode(errors="replace"))


def version(told: str) -> tuple[int, int] | None:
    """`bluetoothctl: 5.66` as (5, 66)."""
    major, _, minor = told.strip().rpartition(" ")[2].partition(".")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else None


def _roles(one: Adapter) -> str:
    return "roles not told" if one.roles is None else bounded("+".join(sorted(one.roles)) or "no role", 60)


def _ms(began: float) -> str:
    return f"{(time.monotonic() - began) * 1000:.0f} ms"


_STEPS: dict[str, Callable[[Ladder], Awaitable[Seen]]] = {
    "bus socket": _bus,
    "org.bluez": _bluetoothd,
    "controller": _controller,
    "rfkill": _rfkill,
    "powered": _powered,
    "permitted": _permitted,
    "BlueZ": _version,
    "other scanners": _others,
    "hears": _hears,
}
