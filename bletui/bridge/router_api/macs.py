"""By which MACs an access controller knows its routers: those that are given, then numbered ones of its own."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.bridge.router_api.hub import is_mac
from bletui.target import invalid

OURS = "02:B1:E7:00"  # locally administered (IEEE 802-2014, 8.4.4), so that it is nobody's


def macs(given: Sequence[str], count: int) -> tuple[str, ...]:
    """One for each of `count` radios, in order. `request.invalid`: one that is none, one twice, or too many."""
    wanted = [mac.upper() for mac in given]
    for mac in wanted:
        if not is_mac(mac) or wanted.count(mac) > 1:
            raise invalid(f"router-mac={mac[:40]}: six bytes with colons are expected, others for each router")
    if len(wanted) > count:
        raise invalid(f"router-mac: {len(wanted)} are given, and there are {count} routers")
    numbered = (f"{OURS}:{number >> 8:02X}:{number & 0xFF:02X}" for number in range(len(wanted) + 1, count + 1))
    return (*wanted, *numbered)
