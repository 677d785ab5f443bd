"""What a call is given, checked before the radio is touched; `request.invalid` names the field."""

from __future__ import annotations

import math
import re
from typing import Final

from bletui.target import invalid
from bletui.text import bounded

VALUE_MAX: Final = 512  # bytes of an attribute (Core, Vol 3 Part F, 3.2.9)
_ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")
_PASSKEY = re.compile(r"[0-9]{6}")
_YES, _NO = ("1", "y", "yes"), ("0", "n", "no")


def address(text: str) -> str:
    """Six bytes in upper-case colon form."""
    found = text.strip().upper()
    if not _ADDRESS.fullmatch(found):
        raise invalid(f"address={bounded(text, 40)}: six bytes like C0:DE:00:00:00:01")
    return found


def identifier(text: str) -> str:
    """An address, or what macOS names a device by."""
    found = text.strip().upper()
    if not found:
        raise invalid("address: it is empty")
    return found


def seconds(within: float) -> float:
    if not math.isfinite(within) or within <= 0:
        raise invalid(f"within={within}: seconds, more than 0")
    return within


def attribute(handle: int) -> int:
    if not 1 <= handle <= 0xFFFF:
        raise invalid(f"handle={handle}: a number from 1 to 65535")
    return handle


def written(value: bytes) -> bytes:
    if len(value) > VALUE_MAX:
        raise invalid(f"value: {len(value)} bytes, and an attribute holds {VALUE_MAX}")
    return value


def passkey(text: str) -> int:
    found = text.strip()
    if not _PASSKEY.fullmatch(found):
        raise invalid("passkey: six digits")
    return int(found)


def verdict(text: str) -> bool:
    said = text.strip().casefold()
    if said not in _YES + _NO:
        raise invalid(f"{bounded(text, 20)!r} is neither yes (1) nor no (0)")
    return said in _YES
