"""Adapters as BlueZ describes them, and as lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bletui.backends.local.options import Options
from bletui.backends.local.rfkill import Switch, blocking
from bletui.failure import ErrorKind, Failure
from bletui.model import Lane
from bletui.text import bounded, visible

ADAPTER = "org.bluez.Adapter1"
MONITORS = "org.bluez.AdvertisementMonitorManager1"  # kept beside the adapter's properties: whether it is there
BLOCKED = "off-blocked"
SOURCE = "bluez.adapter"  # a property of an adapter, not an answer to a call

ACTIVE_ONLY = "BlueZ's discovery asks every device for its scan response; a silent scan is local:hciN?scan=passive"
PASSIVE_HEARS = (
    "hears devices that begin with common AD flags, each once and then when its data changes or its signal by 8 dB; no "
    "scan responses (names often stand there)"
)

Properties = Mapping[str, object]

CANNOT = {
    "rssi": "BlueZ tells the signal of advertisements only; of a link it tells nobody but root",
    "set_phy": "BlueZ has no call for it",
}

_FACTS = {
    "Alias": "alias", "Address": "address", "AddressType": "address type", "Modalias": "modalias",
    "Manufacturer": "manufacturer", "Version": "version",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adapter:
    """One org.bluez.Adapter1. `roles` None: BlueZ before 5.50 does not tell."""

    name: str
    address: str
    powered: bool
    power_state: str
    roles: frozenset[str] | None
    discovering: bool
    monitors: bool  # whether it takes advertisement monitors, which passive scans need
    facts: tuple[tuple[str, str], ...]


def adapter(path: str, held: Properties) -> Adapter:
    """The adapter at `path`; whatever type a property has, nothing raises."""
    roles = held.get("Roles")
    return Adapter(
        name=_text(path.rpartition("/")[2]),
        address=_text(held.get("Address", "")).upper(),
        powered=held.get("Powered") is True,
        power_state=_text(held.get("PowerState", "")),
        roles=frozenset(_text(role) for role in roles) if isinstance(roles, list) else None,
        discovering=held.get("Discovering") is True,
        monitors=MONITORS in held,
        facts=tuple((label, _text(held[name])) for name, label in _FACTS.items() if name in held),
    )


def adapters(world: Mapping[str, Properties]) -> dict[str, Adapter]:
    """Lane keys and their adapters. The address is the key; clones that share one are told apart by their name."""
    found: dict[str, Adapter] = {}
    for path in sorted(world):
        one = adapter(path, world[path])
        key = one.address or one.name
        found[f"{key}#{one.name}" if key in found else key] = one
    return found


def lane(key: str, one: Adapter, radio: str, options: Options, switches: tuple[Switch, ...] | None) -> Lane:
    limits = {"passive scan": ACTIVE_ONLY} if not options.passive else {"active scan": PASSIVE_HEARS}
    return Lane(
        id=f"{radio}/{key}",
        name=one.name,
        usable=trouble(one, radio, f"{radio}/{key}", switches),
        cannot=CANNOT | limits,
        info=dict(one.facts) | {"scan": "passive" if options.passive else "active"},
    )


def trouble(one: Adapter, radio: str, lane_id: str, switches: tuple[Switch, ...] | None) -> Failure | None:
    """Why this adapter can't be used now, or None."""
    if one.roles is not None and "central" not in one.roles:
        return Failure(
            kind=ErrorKind.ADAPTER_MISSING,
            source=SOURCE,
            code="Roles",
            message=" ".join(sorted(one.roles)),
            detail=f"{one.name} does not do LE as a central",
            radio=radio,
            lane=lane_id,
        )
    return None if one.powered else _off(one, radio, lane_id, switches)


def absent(options: Options, present: Iterable[Adapter], radio: str) -> Failure:
    """No adapter that the target asks for, while BlueZ runs."""
    others = ", ".join(f"{one.name} ({one.address})" for one in present)
    wanted = f"there is no adapter {options.adapter}" if options.adapter else "BlueZ knows no adapter"
    return Failure(
        kind=ErrorKind.ADAPTER_MISSING,
        detail=f"{wanted}; there are: {others}" if others else wanted,
        radio=radio,
        operation="scan",
        evidence=(("adapter", options.adapter),) if options.adapter else (),
    )


def _off(one: Adapter, radio: str, lane_id: str, switches: tuple[Switch, ...] | None) -> Failure:
    switch = blocking(switches or (), one.name)
    detail, rfkill = f"{one.name} is switched off", "none" if switches else ""
    if switch is not None:
        detail = f"{one.name} is blocked by rfkill ({switch.device} {switch.name}: {switch.state})"
        rfkill = "hard" if switch.hard else "soft"
    elif one.power_state == BLOCKED:
        detail, rfkill = f"{one.name} is blocked by rfkill", "soft"
    return Failure(
        kind=ErrorKind.ADAPTER_OFF,
        source=SOURCE,
        code="PowerState" if one.power_state == BLOCKED else "Powered",
        message=one.power_state if one.power_state == BLOCKED else "false",  # off-enabling and the like pass
        detail=detail,
        radio=radio,
        lane=lane_id,
        evidence=(("adapter", one.name), ("rfkill", rfkill)) if rfkill else (("adapter", one.name),),
    )


def _text(value: object) -> str:
    return bounded(visible(str(value)), 120)
