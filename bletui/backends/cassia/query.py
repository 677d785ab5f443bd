"""What a scan asks of the router: the query of `GET /gap/nodes?event=1`, from the target's parameters and the wish.

Vendor's SDK guide, "Scan Bluetooth devices"; the firmware that each filter came with, from its release notes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from bletui.model import ScanFilter, ScanRequest, ValueFilter
from bletui.target import Target, invalid

Firmware = tuple[int, int, int]

_BASE_UUID = "00001000800000805F9B34FB"  # Core, Vol 3 Part B, 2.5.1
_ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}|(?:[0-9A-F]{2}:){0,5}[0-9A-F]{0,2}\*", re.IGNORECASE)
_UUID = re.compile(r"[0-9A-Fa-f-]{1,36}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_PHYS = ("1M", "2M", "CODED")


def fixed(target: Target) -> dict[str, str]:
    """The scan parameters that the target itself names, checked; `request.invalid` says what is wrong with one."""
    found = {}
    for name, check in PARAMETERS.items():
        text = target.params.get(name)
        if text is not None:
            if not check(text):
                raise invalid(f"{name}={text}: {_EXPECTED[check]}")
            found[name] = text
    return found


def scan_query(
    wish: ScanRequest, *, target: Mapping[str, str], chip: str | None, firmware: Firmware | None
) -> dict[str, str]:
    """The whole query. The target's parameters win; a filter that the firmware is too old for is left out."""
    query = {"event": "1"}
    if wish.active:
        query["active"] = "1"
    if chip is not None:
        query["chip"] = chip
    for name, value, since in _filters(wish.filter):
        if firmware is None or firmware >= since:
            query[name] = value
    return query | dict(target)


def _filters(wanted: ScanFilter) -> Iterator[tuple[str, str, Firmware]]:
    """What of the filter the router's language can say, and the first firmware that says it; never more than asked."""
    if wanted.min_rssi is not None:
        yield "filter_rssi", str(wanted.min_rssi), (1, 3, 0)
    if wanted.addresses:
        yield "filter_mac", ",".join(wanted.addresses).upper(), _starred(wanted.addresses)
    if wanted.names and not any("," in name for name in wanted.names):
        yield "filter_name", ",".join(wanted.names), _starred(wanted.names)
    if wanted.uuids:
        yield "filter_uuid", ",".join(map(_short, wanted.uuids)), (1, 3, 0)
    if wanted.values:
        yield _value_filter(wanted.values)
    if wanted.connectable:
        yield "connectable", "1", (2, 1, 1)
    if wanted.duplicates_ms == 1:
        yield "filter_duplicates", "1", (1, 3, 0)
    elif wanted.duplicates_ms is not None and wanted.duplicates_ms >= 1000:  # shorter windows can't be said
        yield "filter_duplicates", str(wanted.duplicates_ms), (2, 0, 3)
    if wanted.phys:
        yield "phy", ",".join(wanted.phys), (2, 1, 0)


def _starred(patterns: tuple[str, ...]) -> Firmware:
    return (2, 0, 3) if any("*" in pattern for pattern in patterns) else (1, 3, 0)


def _short(uuid: str) -> str:
    """The router compares text and takes parts: the short form of an assigned number finds it in every width."""
    digits = uuid.replace("-", "").upper()
    if len(digits) == 32 and digits.endswith(_BASE_UUID):
        return digits[4:8] if digits.startswith("0000") else digits[:8]
    return digits


def _value_filter(values: tuple[ValueFilter, ...]) -> tuple[str, str, Firmware]:
    entries = [
        {"data": value.data.hex().upper()} | ({} if value.offset is None else {"offset": str(value.offset)})
        for value in values
    ]
    if len(entries) == 1 and values[0].offset is not None:
        return "filter_value", json.dumps(entries[0], separators=(",", ":")), (2, 0, 3)
    return "filter_value", json.dumps(entries, separators=(",", ":")), (2, 1, 1)


def _switch(text: str) -> bool:
    return text in {"0", "1"}


def _chip(text: str) -> bool:
    return text in {"0", "1", "all"}


def _rssi(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,3}", text)) and -128 <= int(text) <= 20


def _window(text: str) -> bool:
    return _switch(text) or _interval(text)


def _interval(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4,8}", text)) and int(text) >= 1000


def _addresses(text: str) -> bool:
    return all(_ADDRESS.fullmatch(one) for one in text.split(","))


def _uuids(text: str) -> bool:
    return all(_UUID.fullmatch(one) for one in text.split(","))


def _values(text: str) -> bool:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return False
    entries = parsed if isinstance(parsed, list) else [parsed]
    return bool(entries) and all(
        isinstance(entry, dict) and _HEX.fullmatch(str(entry.get("data", ""))) is not None for entry in entries
    )


def _phys(text: str) -> bool:
    return all(one in _PHYS for one in text.split(","))


Check = Callable[[str], bool]

PARAMETERS: Mapping[str, Check] = {
    "active": _switch,
    "chip": _chip,
    "filter_rssi": _rssi,
    "filter_mac": _addresses,
    "filter_name": bool,
    "filter_uuid": _uuids,
    "filter_value": _values,
    "filter_duplicates": _window,
    "connectable": _switch,
    "report_interval": _interval,
    "timestamp": _switch,
    "beacon": _switch,
    "phy": _phys,
}

_EXPECTED: Mapping[Check, str] = {
    _switch: "0 or 1",
    _chip: "0, 1 or all",
    _rssi: "a number from -128 to 20 (dBm)",
    _addresses: "addresses as CC:1B:E0:00:00:01 or prefixes as CC:1B:*, separated by commas",
    bool: "names, pre* or *suf, separated by commas",
    _uuids: "UUIDs as hex digits, separated by commas",
    _values: 'JSON as {"offset":"7","data":"0302E9"} or a list of such',
    _window: "0, 1, or a window of 1000 ms or more",
    _interval: "1000 ms or more",
    _phys: "1M, 2M, CODED, separated by commas",
}
