"""What the one story tells on every radio, and where one tells it otherwise, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

VISIT: Final = ("up", "connect done", "discover done")
LEFT: Final = ("down: op.cancelled", "disconnect done")
SHEET: Final = (
    "scan live", "heard",
    *VISIT, "read done", "write done", "read done", *LEFT,
    *VISIT, "subscribe done", "notified", "subscribe done", *LEFT,
    *VISIT, "write done", "down: link.closed-remote", *VISIT, *LEFT,
    *VISIT, "asked: enter-passkey", "closed: answered", "bonded", "pair done", *LEFT, "unpair done",
)  # fmt: skip

# The ten failures in the order of the story: what is tried, and how it fails.
FAILURES: Final[Mapping[str, str]] = {
    "connect to nobody": "connect failed: link.not-seen while connecting",
    "look at a mute device": "discover failed: gatt.timeout while discovering",
    "read a handle that is not there": "read failed: gatt.not-found while transferring",
    "read what cannot be read": "read failed: gatt.not-permitted while transferring",
    "read without being authorized": "read failed: security.not-authorized while transferring",
    "write a value of the wrong length": "write failed: gatt.invalid-value while transferring",
    "write what the device refuses": "write failed: device.command-failed while transferring",
    "write more than an attribute holds": "write failed: request.invalid at once",
    "read without a link": "read failed: link.not-connected while transferring",
    "pair with the wrong passkey": "pair failed: security.pairing-failed while pairing",
}

_NO_REASON = "BlueZ before 5.82 does not tell why a link ended (Device1 has no Disconnected signal)"
_DISCOVERS = "BlueZ's connect ends with the services known, so the silence falls into it"
_WAITS = "the router keeps its HTTP answer back until the device answers, so our own limit speaks of the router"
_INVALID = "the router says `parameter invalid` of handles and lengths alike"
_WORDLESS = "the router has words for three ATT errors only, and says `failure` of the others"

# Radio and line or failure -> what it tells instead, and why.
OTHERWISE: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "sim": {},
    "cassia": {
        "look at a mute device": ("discover failed: net.timeout while discovering", _WAITS),
        "read a handle that is not there": ("read failed: request.invalid while transferring", _INVALID),
        "write a value of the wrong length": ("write failed: request.invalid while transferring", _INVALID),
        "read what cannot be read": ("read failed: other.unspecified while transferring", _WORDLESS),
        "write what the device refuses": ("write failed: other.unspecified while transferring", _WORDLESS),
    },
    "local": {
        "down: link.closed-remote": ("down: link.lost", _NO_REASON),
        "look at a mute device": ("connect failed: gatt.timeout while discovering", _DISCOVERS),
    },
}


def expected(radio: str) -> tuple[list[str], dict[str, str]]:
    """What this radio should tell: lines, and failures by what is tried."""
    other = OTHERWISE[radio]
    lines = [other[line][0] if line in other else line for line in SHEET]
    return lines, {name: other[name][0] if name in other else line for name, line in FAILURES.items()}


def table(failures: Mapping[str, Mapping[str, str]]) -> str:
    """The failures side by side, a row for each that was tried: the kind and the phase on each radio."""
    rows: list[Sequence[str]] = [("what is tried", *failures)]
    for name in FAILURES:
        rows.append((name, *(told[name].partition("failed: ")[2] for told in failures.values())))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
