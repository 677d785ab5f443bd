"""Devices as text: a line when something is news, and the final table. Everything from outside is visible text."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from bletui.decode import names
from bletui.devices import Device
from bletui.devices.broadcast import broadcast
from bletui.errors.layout import cells, cut
from bletui.model.addresses import MARKS, sort_of
from bletui.text import visible

NAME, COMPANY, LANE = 20, 14, 12  # columns
_HEADER = ("Name", "Address", "Company", "int ms", "RSSI", "Count", "Lanes", "Meaning")


def device_line(
    news: str, device: Device, at: float, lanes: Mapping[str, str], width: int | None, *, columns: bool = True
) -> str:
    """One line on a device: when, what is new, who, how loud. `lanes`: id to name; `width` None: as long as it is.

    Without `columns` nothing is padded: it fits 80 cells, mostly, and a screen reader has nothing to skip.
    """
    best = device.best()
    parts: tuple[str, ...] = (
        time.strftime("%H:%M:%S", time.localtime(at)),
        f"{news:<4}",
        _address(device),
        f"{_number(device.rssi):>4}",
        _padded(device.name or "(unnamed)", NAME),
        _padded(_company(device), COMPANY),
        _padded(_lane(best.lane, lanes) if best else "", LANE),
        meaning(device),
    )
    if not columns:
        parts = tuple(part for part in map(str.strip, parts) if part)
    return _cut("  ".join(parts).rstrip(), width)


def table(devices: Iterable[Device], lanes: Mapping[str, str], width: int | None) -> str:
    """The table of devices, strongest first; `lanes` and `width` as above."""
    ranked = sorted(devices, key=lambda device: (-(device.rssi if device.rssi is not None else -999), device.address))
    rows = [_HEADER, *(_row(device, lanes) for device in ranked)]
    right = {3, 4, 5}
    widths = [max(cells(row[column]) for row in rows) for column in range(len(_HEADER) - 1)]
    widths[0], widths[2] = min(widths[0], NAME), min(widths[2], COMPANY)
    lines = []
    for row in rows:
        line = [
            _padded(cell, wide, right=column in right)
            for column, (cell, wide) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append(_cut("  ".join([*line, row[-1]]).rstrip(), width) + "\n")
    return "".join(lines)


def _row(device: Device, lanes: Mapping[str, str]) -> tuple[str, ...]:
    interval = device.interval
    return (
        device.name or "(unnamed)",
        _address(device),
        _company(device),
        _number(None if interval is None else round(interval * 1000)),
        _number(device.rssi),
        str(device.count),
        ",".join(f"{_lane(heard.lane, lanes)} {_number(heard.rssi)}" for heard in device.heard()),
        meaning(device),
    )


def _lane(lane: str, lanes: Mapping[str, str]) -> str:
    return visible(lanes.get(lane) or lane)


def _address(device: Device) -> str:
    """A blank before the mark, so that nobody reads or copies it as part of the address."""
    return f"{visible(device.address)} {MARKS.get(sort_of(device.address, device.address_type), '·')}"


def _company(device: Device) -> str:
    if device.company is None:
        return ""
    return names.company(device.company) or f"0x{device.company:04X}"


def meaning(device: Device) -> str:
    return broadcast(device) or ""


def _number(value: int | None) -> str:
    return "·" if value is None else str(value)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    text = _cut(text, width)
    room = " " * (width - cells(text))
    return room + text if right else text + room


def _cut(text: str, width: int | None) -> str:
    return text if width is None else cut(text, width)


def summary(
    received: int,
    devices: int,
    seconds: float,
    shed: Mapping[str, int],
    hidden: int,
    unknown: int,
    *,
    bounded: bool = False,
) -> str:
    """What a scan says when it ends. `shed`: how many by what they were; `bounded`: the radio was asked for a part."""
    parts = [f"{_many(received, 'advertisement')} of {_many(devices, 'device')} in {seconds:.1f} s"]
    parts += ["the radio was asked only for what the filter can show"] if bounded and not devices else []
    by_what = ", ".join(f"{count} {visible(what)}" for what, count in shed.items())
    parts += [f"{sum(shed.values())} shed: {by_what}"] if shed else []
    parts += [f"{_many(hidden, 'device')} hidden by the filter"] if hidden else []
    parts += [f"{unknown} for which it can't tell"] if unknown else []
    return "; ".join(parts)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
