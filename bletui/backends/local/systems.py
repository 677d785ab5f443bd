"""What macOS and Windows do otherwise than Linux, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """`cannot` goes into the lane. `kills`: a process that may not use Bluetooth is ended, not refused, so a child asks
    first.
    """

    name: str
    cannot: Mapping[str, str]
    kills: bool = False


def system(platform: str) -> System:
    """The system for a `sys.platform` that is not Linux; an unknown one is taken for what bleak makes of it."""
    return _SYSTEMS.get(platform, System(platform, _BOTH))


_NO_CALL = "bleak has no call for it"
_BOTH = {
    "rssi": _NO_CALL,
    "set_phy": _NO_CALL,
    "bonds": _NO_CALL,
    "pair": "the system asks for a key by itself, when an attribute needs one",
    "unpair": "in the system's own settings",
}

_SYSTEMS = {
    "darwin": System(
        "macos",
        {
            **_BOTH,
            "passive scan": "Core Bluetooth scans actively and cannot be told otherwise",
            "addresses": "macOS hides them: a device has an identifier that holds on this Mac only",
        },
        kills=True,  # TCC ends a program that has no usage description, without a Python error (hbldh/bleak#761)
    ),
    "win32": System("windows", _BOTH | {"passive scan": "not offered yet; Windows itself can"}),
}
