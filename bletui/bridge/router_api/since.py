"""What the scan stream's parameters may say since which firmware (vendor's SDK guide and release notes).

Routers pass over what they do not know, which hides the mistake; here it is refused, and the header says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from bletui.bridge.router_api.profiles import Profile
from bletui.bridge.router_api.query import ScanQuery, scan_query
from bletui.target import invalid


class Since(NamedTuple):
    """`newer`: whether this value is one of those that came with the firmware."""

    parameter: str
    newer: Callable[[str], bool]
    firmware: tuple[int, int, int]
    what: str


def _any(text: str) -> bool:
    return text not in ("", "0")


def _starred(text: str) -> bool:
    return "*" in text


def _enhanced(text: str) -> bool:
    """A list, or one without an offset."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return not isinstance(given, dict) or given.get("offset") in (None, "")


KNOWN = (
    Since("chip", lambda text: text == "all", (2, 1, 1), "chip=all"),
    Since("filter_mac", _starred, (2, 0, 3), "* in filter_mac"),
    Since("filter_name", _starred, (2, 0, 3), "* in filter_name"),
    Since("filter_value", _any, (2, 0, 3), "filter_value"),
    Since("filter_value", _enhanced, (2, 1, 1), "filter_value as a list or without an offset"),
    Since("filter_duplicates", lambda text: text not in ("", "0", "1"), (2, 0, 3), "a window in filter_duplicates"),
    Since("timestamp", _any, (2, 0, 3), "timestamp"),
    Since("report_interval", _any, (2, 1, 0), "report_interval"),
    Since("phy", _any, (2, 1, 0), "phy"),
    Since("connectable", _any, (2, 1, 1), "connectable"),
    Since("beacon", _any, (2, 1, 1), "beacon"),
)


def refuse_newer(params: Mapping[str, str], profile: Profile) -> None:
    """`request.invalid` for what the firmware did not know yet."""
    for one in KNOWN:
        if one.newer(params.get(one.parameter, "")) and profile.firmware < one.firmware:
            raise invalid(f"firmware {profile.name} does not know {one.what}, which came with {_written(one.firmware)}")


def scan_asked(params: Mapping[str, str], profile: Profile) -> ScanQuery:
    """The scan that a query asks this firmware for."""
    refuse_newer(params, profile)
    query = scan_query(params)
    return query if params.get("chip") else replace(query, chip=profile.default_chip)


def _written(firmware: tuple[int, int, int]) -> str:
    return ".".join(map(str, firmware))
