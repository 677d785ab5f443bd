"""Query parameters of the router's scan stream as values; a wrong one is `request.invalid` and names itself.

Tolerant where routers are: unknown parameters, `mac`, `access_token` and empty values mean nothing; the last of several
counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from bletui.failure import BleError
from bletui.model import ScanFilter, ValueFilter
from bletui.target import invalid

_NUMBER = re.compile(r"-?[0-9]{1,9}")
_HEX_BYTES = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_UUID_PART = re.compile(r"[0-9A-F]{1,32}")
_ADDRESS = re.compile(
    r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}"  # whole
    r"|(?:[0-9A-F]{2}:){0,5}[0-9A-F]{0,2}\*"  # a prefix
    r"|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"  # the made-up id of an operating system that hides addresses
)
_PHYS = ("1M", "2M", "CODED")
_DAY_MS = 86_400_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ScanQuery:
    """What one client of the scan stream asked for. `chip` None: every chip; `report_interval`: seconds."""

    chip: int | None = None
    active: bool = False
    filter: ScanFilter = field(default_factory=ScanFilter)
    timestamp: bool = False
    beacon: bool = False
    report_interval: float | None = None


def texts(given: Mapping[str, Any]) -> dict[str, str]:
    """A JSON body as the query that would say the same; lists with commas."""
    return {name: _text(value) for name, value in given.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    return json.dumps(value)


def scan_query(params: Mapping[str, str]) -> ScanQuery:
    """The query of `GET /gap/nodes?event=1` (router API, "scan")."""
    read = partial(_read, params)
    interval = read("report_interval", _milliseconds, 0)
    return ScanQuery(
        chip=read("chip", _chip, None),
        active=read("active", _flag, False),
        filter=ScanFilter(
            min_rssi=read("filter_rssi", _within(-128, 127), None),
            addresses=read("filter_mac", _addresses, ()),
            names=read("filter_name", _names, ()),
            uuids=read("filter_uuid", _uuids, ()),
            values=read("filter_value", _values, ()),
            connectable=read("connectable", _flag, False),
            duplicates_ms=read("filter_duplicates", _duplicates, None),
            phys=read("phy", _phys, ()),
        ),
        timestamp=read("timestamp", _flag, False),
        beacon=read("beacon", _flag, False),
        report_interval=interval / 1000 if interval else None,
    )


@dataclass(frozen=True, slots=True)
class NotificationQuery:
    """`sequence` 1 numbers the stream's notifications, 2 each device's."""

    sequence: int = 0
    timestamp: bool = False


def notification_query(params: Mapping[str, str]) -> NotificationQuery:
    """The query of `GET /gatt/nodes` (router API, "notifications")."""
    return NotificationQuery(_read(params, "sequence", _within(0, 2), 0), _read(params, "timestamp", _flag, False))


@dataclass(frozen=True, slots=True)
class RssiQuery:
    """`below`: only what is weaker, dBm; `interval`: seconds; `addresses` as in a scan, empty: every device."""

    below: int = 127
    interval: float = 1.0
    addresses: tuple[str, ...] = ()


def rssi_query(params: Mapping[str, str]) -> RssiQuery:
    """The query of `GET /gap/rssi` (router API, "RSSI for BLE connection")."""
    interval = _read(params, "rssi_interval", _within(100, _DAY_MS), 1000)
    return RssiQuery(
        _read(params, "rssi", _within(-128, 127), 127), interval / 1000, _read(params, "filter_mac", _addresses, ())
    )


def _read(params: Mapping[str, str], name: str, parse: Callable[[str], T], default: T) -> T:
    text = params.get(name, "")
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as wrong:
        raise _invalid(name, text, str(wrong)) from None


def _invalid(name: str, text: str, why: str) -> BleError:
    return invalid(f"{name}={text[:80]}: {why}")


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("0 or 1 is expected")
    return text == "1"


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("a whole number is expected")
    return int(text)


def _within(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = _number(text)
        if not low <= number <= high:
            raise ValueError(f"a number from {low} to {high} is expected")
        return number

    return parse


def _chip(text: str) -> int | None:
    return None if text == "all" else _within(0, 255)(text)


def _milliseconds(text: str) -> int:
    number = _number(text)
    if number and not 1000 <= number <= _DAY_MS:
        raise ValueError("0 or 1000 and more milliseconds are expected")
    return number


def _duplicates(text: str) -> int | None:
    return 1 if text == "1" else _milliseconds(text) or None


def _items(text: str) -> list[str]:
    items = [item for item in text.split(",") if item]
    if not items:
        raise ValueError("a list with commas is expected")
    return items


def _upper_items(text: str, form: re.Pattern[str], what: str) -> tuple[str, ...]:
    items = tuple(item.strip().upper() for item in _items(text))
    for item in items:
        if not form.fullmatch(item):
            raise ValueError(f"{item!r} is not {what}")
    return items


def _addresses(text: str) -> tuple[str, ...]:
    return _upper_items(text, _ADDRESS, "an address with colons, or the start of one and *")


def _uuids(text: str) -> tuple[str, ...]:
    return _upper_items(text, _UUID_PART, "a UUID, or a part of one, in hex digits without dashes")


def _phys(text: str) -> tuple[str, ...]:
    phys = tuple(item.strip().upper() for item in _items(text))
    if any(phy not in _PHYS for phy in phys):
        raise ValueError(f"any of {', '.join(_PHYS)} is expected")
    return phys


def _names(text: str) -> tuple[str, ...]:
    names = tuple(_items(text))
    if any("*" in name[1:-1] or (len(name) > 1 and name[0] == name[-1] == "*") for name in names):
        raise ValueError("* stands at the start, at the end or alone")
    return names


def _values(text: str) -> tuple[ValueFilter, ...]:
    try:
        given = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except json.JSONDecodeError as wrong:
        raise ValueError(f"not JSON ({wrong.msg} at {wrong.pos})") from None
    listed = given if isinstance(given, list) else [given]
    if not listed:
        raise ValueError("an empty list filters nothing")
    return tuple(_value(entry) for entry in listed)


def _value(entry: object) -> ValueFilter:
    match entry:
        case {"data": str(data), **rest} if _HEX_BYTES.fullmatch(data):
            return ValueFilter(bytes.fromhex(data), _offset(rest.get("offset")))
    raise ValueError('{"offset":"7","data":"0302E9"} is expected, with whole bytes in hex')


def _offset(given: object) -> int | None:
    """Routers take numbers as numbers or as text."""
    match given:
        case None | "":
            return None
        case bool():
            pass
        case int() | str() if _NUMBER.fullmatch(str(given)) and 0 <= int(given) <= 1650:  # Core, Vol 6 Part B, 2.3.4.9
            return int(given)
    raise ValueError("an offset from 0 to 1650 is expected")
