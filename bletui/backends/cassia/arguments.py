"""What a call is given, checked before anything is sent; `request.invalid` names the field."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from bletui.backends.cassia.api import MalformedError, address
from bletui.target import invalid
from bletui.text import bounded

VALUE_MAX: Final = 512  # bytes of an attribute (Core, Vol 3 Part F, 3.2.9)
TIMEOUT_MS: Final = (200, 20_000)  # what the router takes (vendor's SDK guide, "Connect a device")
PHYS: Final = ("1M", "2M", "CODED")
_PASSKEY = re.compile(r"[0-9]{6}")
_KEY = re.compile(r"(?:0x)?([0-9A-Fa-f]{32})")
_YES, _NO = ("1", "y", "yes"), ("0", "n", "no")


def device(text: str) -> str:
    """A device's address in upper-case colon form."""
    try:
        return address(text)
    except MalformedError:
        raise invalid(f"address={bounded(text, 40)}: six bytes like C0:DE:00:00:00:01") from None


def attribute(handle: int) -> int:
    if not 1 <= handle <= 0xFFFF:
        raise invalid(f"handle={handle}: a number from 1 to 65535")
    return handle


def written(value: bytes) -> str:
    """The value in hex. An empty one would make the address of a read, so this API can't write it."""
    if not 1 <= len(value) <= VALUE_MAX:
        raise invalid(f"value: {len(value)} bytes, and a router writes 1 to {VALUE_MAX}")
    return value.hex()


def milliseconds(within: float) -> int:
    """A time limit as the router takes it, which is clamped to what it knows."""
    if not math.isfinite(within) or within <= 0:
        raise invalid(f"within={within}: seconds, more than 0")
    low, high = TIMEOUT_MS
    return max(low, min(high, round(within * 1000)))


def phys(field: str, names: Sequence[str]) -> str:
    wrong = [name for name in names if name not in PHYS]
    if wrong:
        raise invalid(f"{field}={wrong[0]}: any of {', '.join(PHYS)}")
    return ",".join(names)


def passkey(text: str) -> dict[str, str]:
    found = text.strip()
    if not _PASSKEY.fullmatch(found):
        raise invalid("passkey: six digits")
    return {"passkey": found}


def verdict(text: str) -> dict[str, str]:
    said = text.strip().casefold()
    if said not in _YES + _NO:
        raise invalid(f"{bounded(text, 20)!r} is neither yes (1) nor no (0)")
    return {"passkey": "1" if said in _YES else "0"}


def temporary_key(text: str) -> dict[str, str]:
    found = _KEY.fullmatch(text.strip())
    if found is None:
        raise invalid("oob: 16 bytes in hex")
    return {"tk": f"0x{found[1].lower()}"}


def secure_oob(text: str) -> dict[str, str]:
    """The device's random value and its confirmation, as RAND:CONFIRM."""
    rand, _, confirm = text.strip().partition(":")
    found = [_KEY.fullmatch(rand), _KEY.fullmatch(confirm)]
    if not all(found):
        raise invalid("oob: RAND:CONFIRM, each 16 bytes in hex")
    rand, confirm = (f"0x{one[1].lower()}" for one in found if one)
    return {"rand": rand, "confirm": confirm}
