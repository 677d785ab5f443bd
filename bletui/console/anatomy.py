"""One device taken apart: who it is, how each lane hears it, and its advertisement structure by structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from bletui.console.columns import company_of
from bletui.console.glyphs import Glyphs
from bletui.console.history import lane_levels
from bletui.console.spans import Line, Role, Span, fit, line, ruled, wrapped
from bletui.console.status import lane_name
from bletui.decode.advertising import Structure, summarise, walk
from bletui.decode.beacon import NO_KEYS
from bletui.decode.keyring import Keyring
from bletui.decode.lenses import Lenses, adopted
from bletui.decode.meaning import uuid_name
from bletui.devices import Device
from bletui.devices.broadcast import broadcast as beacons_of
from bletui.model import LaneChanged
from bletui.model.addresses import sort_of
from bletui.text import visible

INDENT = 9  # cells before a value: offset, length, type
LABEL = 10

Lanes = Mapping[str, LaneChanged]


def identity(device: Device, glyphs: Glyphs, notes: Sequence[str]) -> Line:
    """Address, its sort, PDU and PHY: what sits in the rule above the details."""
    sort = sort_of(device.address, device.address_type)
    kind = {"public": "public", None: "type not known"}.get(sort, f"random, {sort}")
    facts = [kind, *((device.pdu,) if device.pdu else ()), *_phys(device)]
    rest = glyphs.separator.join(facts)
    marks = Span(f" {glyphs.separator.join(notes)}" if notes else "", "accent")
    between = glyphs.separator if notes else " "
    return line(Span(visible(device.address), "strong"), marks, Span(f"{between}{rest}", "dim"))


def strip(
    device: Device, lanes: Lanes, *, now: float, size: int, glyphs: Glyphs, notes: Sequence[str] = ()
) -> tuple[Line, Line]:
    """The two lines under the list: the rule with the identity; RSSI per lane and what is broadcast."""
    heard = _lane_levels(device, lanes, now)
    beacon = broadcast(device)
    gap = "   " if beacon else ""
    second = (Span(" "), *heard, Span(gap), Span(beacon or "", "accent"))
    return ruled(identity(device, glyphs, notes), size, glyphs.dash), fit(second, size, ellipsis=glyphs.ellipsis)


def broadcast(device: Device) -> str | None:
    """The decoded beacons of what it says, or the services that it names."""
    return beacons_of(device) or ", ".join(uuid_name(uuid) for uuid in device.service_uuids) or None


def details(
    device: Device, lanes: Lanes, *, now: float, size: int, glyphs: Glyphs, notes: Sequence[str] = ()
) -> list[Line]:
    """Everything known of a device, in lines of `size` cells; `notes`: what a person or a baseline marked it as."""
    lines = [ruled(identity(device, glyphs, notes), size, glyphs.dash)]
    lines += [
        row
        for label, value, role in _facts(device, glyphs)
        for row in _labelled(label, value, size, role)
    ]  # fmt: skip
    lines.append(ruled((Span("RSSI by lane", "title"),), size, glyphs.dash))
    lines += lane_levels(device, lanes, now=now, size=size, glyphs=glyphs)
    for title, raw in (("Advertising data", device.adv), ("Scan response", device.rsp)):
        if raw is not None:
            lines += payload(title, raw, size, glyphs, address=device.address, keys=device.keys)
    if device.raw is None:
        lines.append(ruled((Span("Advertising data", "title"),), size, glyphs.dash))
        lines += _paragraph("This radio hands out parsed fields and not the bytes of the air.", size, "dim")
        lines += _parsed(device, size)
    return lines


def payload(
    title: str, raw: bytes, size: int, glyphs: Glyphs, *, address: str | None = None, keys: Keyring = NO_KEYS
) -> list[Line]:
    """One payload: each structure with its offset, length, type, value and meaning; what is wrong is marked."""
    bad = summarise(raw).malformed
    words = f"{len(raw)} bytes" + (", malformed" if bad else "")
    lines = [ruled((Span(title, "title"), Span(f" {words}", "error" if bad else "dim")), size, glyphs.dash)]
    for structure in _walked(raw, address, keys, adopted()):
        lines += _structure(structure, size, glyphs)
    return lines


@lru_cache(maxsize=256)
def _walked(raw: bytes, address: str | None, keys: Keyring, lenses: Lenses) -> tuple[Structure, ...]:
    return walk(raw, address=address, keys=keys)


def _structure(structure: Structure, size: int, glyphs: Glyphs) -> Iterator[Line]:
    kind = "  " if structure.type is None else f"{structure.type:02X}"
    mark = glyphs.malformed if structure.problem else " "
    head = f"{mark}{structure.offset:3} {structure.length:02X} {kind} "
    role: Role = "error" if structure.problem else "plain"
    yield fit(line(Span(head, "error" if structure.problem else "dim"), Span(structure.name, role)), size)
    for row in _hex_rows(structure.value, size - INDENT - 1):
        yield fit(line(" " * (INDENT + 1), Span(row, "dim")), size)
    if structure.meaning:
        yield from _paragraph(structure.meaning, size, "accent", INDENT + 1)
    if structure.problem:
        yield from _paragraph(structure.problem, size, "error", INDENT + 1)


def _hex_rows(value: bytes, size: int) -> Iterator[str]:
    """Rows of as many bytes as fit, in groups of eight."""
    count = 8 if size < 49 else 16
    for at in range(0, len(value), count):
        row = value[at : at + count]
        yield "  ".join(row[i : i + 8].hex(" ").upper() for i in range(0, len(row), 8))


def _facts(device: Device, glyphs: Glyphs) -> Iterator[tuple[str, str, Role]]:
    # Where the bytes are known, what is not in them was not said; where they are not, this radio can't tell.
    unknown = glyphs.unknown if device.raw is None else "not said"
    yield "Name", visible(device.name or "") or unknown, "strong" if device.name else "dim"
    company = company_of(device)
    if company is not None and device.company is not None:
        low, high = device.company & 0xFF, device.company >> 8
        company = f"{company} (0x{device.company:04X}, on the air {low:02X} {high:02X})"
    yield "Company", company or unknown, "plain"
    interval = device.interval
    yield "Interval", glyphs.unknown if interval is None else f"{interval * 1000:.0f} ms", "plain"
    tx = device.tx_power
    yield "TX power", unknown if tx is None else f"{tx} dBm", "plain"
    can = device.connectable
    yield "Connects", {True: "yes", False: "no", None: glyphs.unknown}[can], "plain"
    services = ", ".join(uuid_name(uuid) for uuid in device.service_uuids)
    if services:
        yield "Services", services, "plain"
    beacon = broadcast(device)
    if beacon and beacon != services:
        yield "Says", beacon, "accent"


def _parsed(device: Device, size: int) -> Iterator[Line]:
    fields = device.fields
    if fields is None:
        return
    for company, value in fields.manufacturer.items():
        yield from _labelled(f"0x{company:04X}", value.hex(" ").upper(), size, "plain")
    for uuid, value in fields.service_data.items():
        yield from _paragraph(f"{uuid_name(uuid)}: {value.hex(' ').upper()}", size, "plain")


def _lane_levels(device: Device, lanes: Lanes, now: float) -> list[Span]:
    spans: list[Span] = []
    for heard in device.heard():
        stale = now - heard.at > 10
        level = "·" if heard.rssi is None else str(heard.rssi)
        spans += [
            Span(f"{lane_name(heard.lane, lanes)} ", "dim"),
            Span(f"({level})" if stale else level, "dim" if stale else "strong"),
            Span("  "),
        ]
    return spans


def _labelled(label: str, value: str, size: int, role: Role) -> Iterator[Line]:
    for n, row in enumerate(wrapped(value, max(8, size - LABEL - 2))):
        yield fit(line(Span(f" {label if n == 0 else '':<{LABEL}}", "dim"), Span(row, role)), size)


def _paragraph(text: str, size: int, role: Role, indent: int = 1) -> Iterator[Line]:
    for row in wrapped(text, max(8, size - indent - 1)):
        yield fit(line(" " * indent, Span(row, role)), size)


def _phys(device: Device) -> tuple[str, ...]:
    extended = device.extended
    if extended is None:
        return ()
    return tuple(phy for phy in (extended.primary_phy, extended.secondary_phy) if phy)
