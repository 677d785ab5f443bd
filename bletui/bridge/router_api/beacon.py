"""The `beacon` key of `beacon=1`: iBeacon and Eddystone frames.

Layouts: Apple, "Proximity Beacon Specification"; Google, "Eddystone Protocol Specification", UID, URL, TLM and EID.
The router's documentation shows the keys of an iBeacon; those of the Eddystone frames are named after the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

_IBEACON = bytes.fromhex("4C000215")
_EDDYSTONE = bytes.fromhex("AAFE")
_SCHEMES = ("http://www.", "https://www.", "http://", "https://")
_ENDINGS = (
    ".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/",
    ".com", ".org", ".edu", ".net", ".info", ".biz", ".gov",
)  # fmt: skip

Beacon = Mapping[str, object]


@lru_cache(maxsize=4096)
def beacon_of(raw: bytes) -> Beacon | None:
    """The first beacon in advertising data; None where there is none."""
    for code, value in _structures(raw):
        beacon = None
        if code == 0xFF and value.startswith(_IBEACON) and len(value) == 25:
            beacon = _ibeacon(value[4:])
        elif code == 0x16 and value.startswith(_EDDYSTONE):
            beacon = _eddystone(value[2:])
        if beacon is not None:
            return beacon
    return None


def _structures(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 1 < len(raw) and raw[at] and at + raw[at] < len(raw):
        yield raw[at + 1], raw[at + 2 : at + 1 + raw[at]]
        at += 1 + raw[at]


def _signed(byte: int) -> int:
    return (byte ^ 0x80) - 0x80


def _ibeacon(body: bytes) -> Beacon:
    digits = body[:16].hex().upper()
    return {
        "type": "iBeacon",
        "UUID": "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])),
        "minor": int.from_bytes(body[18:20], "big"),
        "major": int.from_bytes(body[16:18], "big"),
        "txPower": _signed(body[20]),
    }


def _eddystone(body: bytes) -> Beacon | None:
    match body[:1], len(body):
        case b"\x00", 18 | 20:  # the two reserved bytes may be left out
            return {
                "type": "Eddystone-UID",
                "txPower": _signed(body[1]),
                "namespace": body[2:12].hex().upper(),
                "instance": body[12:18].hex().upper(),
            }
        case b"\x10", size if 3 <= size <= 20 and body[2] < len(_SCHEMES):
            return {"type": "Eddystone-URL", "txPower": _signed(body[1]), "url": _url(body[2], body[3:])}
        case b"\x20", 14 if body[1] == 0:
            return _telemetry(body)
        case b"\x30", 10:
            return {"type": "Eddystone-EID", "txPower": _signed(body[1]), "eid": body[2:].hex().upper()}
    return None


def _telemetry(body: bytes) -> Beacon:
    """Battery in mV, temperature in degrees Celsius (8.8 fixed point), advertisements and seconds since the start."""
    temperature = int.from_bytes(body[4:6], "big", signed=True)
    return {
        "type": "Eddystone-TLM",
        "battery": int.from_bytes(body[2:4], "big"),
        "temperature": None if temperature == -0x8000 else temperature / 256,
        "advCount": int.from_bytes(body[6:10], "big"),
        "uptime": int.from_bytes(body[10:14], "big") / 10,
    }


def _url(scheme: int, rest: bytes) -> str:
    return _SCHEMES[scheme] + "".join(
        _ENDINGS[byte] if byte < len(_ENDINGS) else chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in rest
    )
