"""The columns of the device list: what they show, how they sort, and which go first when the terminal is narrow.

What changes with every report stands together at the right, so that one short span per row is repainted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from bletui.console.glyphs import Glyphs
from bletui.console.sparkline import GROUP, sparkline
from bletui.decode import names
from bletui.decode.beacons import read
from bletui.decode.fields import fields
from bletui.devices import Device
from bletui.model.addresses import MARKS, sort_of
from bletui.text import visible

ColumnId = Literal[
    "name", "address", "company", "lanes", "count", "interval", "rssi", "lane", "signal", "age", "first"
]  # fmt: skip
SortValue = float | str | None

BARS = 5
LANE_WIDTH = 6
STALE = 10.0  # seconds without a report after which a row is dimmed
NAME_MIN = 14


@dataclass(frozen=True, slots=True)
class Column:
    """`width` 0 takes the slack; None: sorts, is not shown. `letter` sorts, at first in the order of `descending`.

    `falls` orders the dropping where it is narrow: the smallest goes first; 0 stays.
    """

    id: ColumnId
    title: str
    letter: str
    width: int | None
    value: Callable[[Device], SortValue]
    text: Callable[[Device, float, Glyphs], str]
    right: bool = False
    changing: bool = False
    falls: int = 0
    descending: bool = False
    beside: int = NAME_MIN  # cells that the name must keep for this column to be shown
    help: str = ""
    lane: str = ""


def name_of(device: Device) -> str:
    """The name, else in brackets what it broadcasts."""
    return visible(device.name) if device.name else f"({(device.adv and _kind(device.adv)) or 'unnamed'})"


@lru_cache(maxsize=4096)
def _kind(raw: bytes) -> str | None:
    return next((found.kind for each in fields(raw) if each.whole and (found := read(each.code, each.value))), None)


def company_of(device: Device) -> str | None:
    """The company's name, its number as on the air where it has none, or None."""
    if device.company is None:
        return None
    return names.company(device.company) or f"0x{device.company:04X}"


_LEGAL_FORM = re.compile(
    r"(?i)[,. ]+(inc|incorporated|llc|ltd|limited|co|corp|corporation|company|gmbh|ag|bv|ab|as|oy|srl|kg|plc|pty|sarl)"
    r"\b.*$"
)


def short_company(name: str) -> str:
    """Without the legal form, which says nothing in ten cells."""
    return _LEGAL_FORM.sub("", name) or name


def address_text(device: Device, size: int, glyphs: Glyphs) -> str:
    """The address and a letter for its sort; an opaque one keeps its tail."""
    letter = MARKS.get(sort_of(device.address, device.address_type), glyphs.unknown)
    address = visible(device.address)
    if len(address) >= size:
        address = glyphs.ellipsis + address[len(address) - size + 2 :]
    return address + letter


def age_text(seconds: float) -> str:
    """At most four cells: seconds, then minutes, hours, days."""
    whole = max(0, int(seconds))
    if whole < 100:
        return str(whole)
    for unit, size in (("m", 60), ("h", 3600), ("d", 86400)):
        if whole < 100 * size:
            return f"{whole // size}{unit}"
    return ">99d"


def age_words(seconds: float) -> str:
    """The same with its unit."""
    text = age_text(seconds)
    return f"{text} s" if text.isdigit() else text


def count_text(count: int) -> str:
    """At most five cells."""
    if count < 100_000:
        return str(count)
    return f"{count // 1000}k" if count < 10_000_000 else f"{count // 1_000_000}M"


def signal_text(device: Device, glyphs: Glyphs) -> str:
    best = device.best()
    if best is None:
        return ""
    return sparkline(device.samples(best.lane, BARS * GROUP), best.count, BARS, glyphs.levels)


def signal_value(device: Device) -> float | None:
    """The mean of what `signal_text` draws, in dBm."""
    best = device.best()
    known = [] if best is None else [rssi for rssi in device.samples(best.lane, BARS * GROUP) if rssi is not None]
    return sum(known) / len(known) if known else None


@lru_cache(maxsize=64)
def lane_column(lane: str, title: str = "") -> Column:
    """RSSI on one lane; in brackets what is not of the last ten seconds, and nothing where it was never heard."""

    def value(device: Device) -> int | None:
        heard = device.on(lane)
        return None if heard is None else heard.rssi

    def text(device: Device, now: float, glyphs: Glyphs) -> str:
        heard = device.on(lane)
        if heard is None:
            return ""
        level = glyphs.unknown if heard.rssi is None else str(heard.rssi)
        return f"({level})" if now - heard.at > STALE else f"{level} "

    return Column("lane", title, "", LANE_WIDTH, value, text, right=True, changing=True, falls=1, beside=22,
                  descending=True, help="dBm on that lane", lane=lane)  # fmt: skip


def best_lanes(rows: Sequence[Device], most: int) -> tuple[str, ...]:
    """The lanes on which most of `rows` are heard best, `most` at most; ties in the order of their ids."""
    first = Counter(best.lane for device in rows if (best := device.best()) is not None)
    every = dict.fromkeys(lane for device in rows for lane in device.lanes)
    return tuple(sorted(sorted(every), key=lambda lane: -first[lane])[:most])


def _company_text(device: Device, glyphs: Glyphs) -> str:
    company = company_of(device)
    if company is None:
        return "" if device.raw is not None or device.fields is not None else glyphs.unknown
    return short_company(company)


def _rssi_text(device: Device, glyphs: Glyphs) -> str:
    rssi = device.rssi
    return glyphs.unknown if rssi is None else str(rssi)


def _interval_text(device: Device, glyphs: Glyphs) -> str:
    interval = device.interval
    return glyphs.unknown if interval is None else str(min(99_999, round(interval * 1000)))


# fmt: off
COLUMNS: tuple[Column, ...] = (
    Column("name", "Name", "n", 0, lambda d: (d.name or "").casefold() or None, lambda d, now, g: name_of(d),
           help="the name it gives itself"),
    Column("address", "Address", "a", 18, lambda d: d.address, lambda d, now, g: address_text(d, 18, g),
           help="then: s random static, r resolvable, n non-resolvable"),
    Column("company", "Company", "c", 10, lambda d: (company_of(d) or "").casefold() or None,
           lambda d, now, g: _company_text(d, g), falls=3,
           help="of the first manufacturer data"),
    Column("lanes", "Lanes", "l", 5, lambda d: len(d.lanes), lambda d, now, g: str(len(d.lanes)), right=True,
           falls=1, beside=22, descending=True,
           help="how many lanes hear it"),
    Column("count", "Count", "p", 5, lambda d: d.count, lambda d, now, g: count_text(d.count), right=True,
           changing=True, falls=2, beside=22, descending=True,
           help="reports heard, all lanes together"),
    Column("interval", "int ms", "i", 6, lambda d: d.interval, lambda d, now, g: _interval_text(d, g), right=True,
           changing=True, falls=4, help="advertising interval, as far as the reports tell"),
    Column("rssi", "RSSI", "r", 4, lambda d: d.rssi, lambda d, now, g: _rssi_text(d, g), right=True,
           changing=True, descending=True, help="dBm on the lane that hears it best"),
    Column("signal", "signal", "s", 6, signal_value, lambda d, now, g: signal_text(d, g).ljust(6),
           changing=True, falls=5, descending=True, help=f"the last {BARS * GROUP} reports of that lane; their mean"),
    Column("age", "Age", "g", 4, lambda d: d.last_at, lambda d, now, g: age_text(now - d.last_at), right=True,
           changing=True, falls=6, descending=True, help="seconds since it was last heard"),
    Column("first", "First", "f", None, lambda d: d.first_at, lambda d, now, g: "",
           help="when it was first heard"),
)
# fmt: on
BY_ID = {column.id: column for column in COLUMNS}


class Placed(NamedTuple):
    """A column at cell `x` of the row, `width` cells wide."""

    column: Column
    x: int
    width: int


def layout(width: int, lanes: Sequence[Column] = (), *, lanes_first: bool = False) -> tuple[Placed, ...]:
    """The columns that fit in `width` cells, left to right; the name takes the slack.

    Dropped one after the other: the columns of single `lanes`, the last one first, then lanes and count while the name
    has less than 22 cells, then company, interval, signal and age while it has less than 14. `lanes_first`: the single
    lanes stay in place of lanes, count, company, interval and signal, and go before the age.
    """
    shown = [column for column in COLUMNS if column.width is not None]
    at = next(n for n, column in enumerate(shown) if column.id == "rssi") + 1
    shown[at:at] = lanes
    if lanes_first and lanes:
        shown = [column for column in shown if column.falls in (0, 6) or column.lane]
    for column in (*reversed(lanes), *sorted((c for c in shown if c.falls and not c.lane), key=lambda c: c.falls)):
        if _slack(shown, width) < (NAME_MIN if lanes_first else column.beside):
            shown.remove(column)
    slack = max(1, _slack(shown, width))
    placed: list[Placed] = []
    x = 1
    for column in shown:
        size = column.width or slack
        placed.append(Placed(column, x, size))
        x += size + 1
    return tuple(placed)


def _slack(shown: list[Column], width: int) -> int:
    """What is left for the name: one cell for the marker, one between columns, one at the end."""
    return width - 2 - sum(column.width or 0 for column in shown) - (len(shown) - 1)
