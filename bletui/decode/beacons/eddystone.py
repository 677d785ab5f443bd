"""Eddystone frames (github.com/google/eddystone, protocol-specification.md and a page per frame); `tx` dBm at 0 m."""

from __future__ import annotations

from collections.abc import Callable
from struct import unpack

from bletui.decode.beacon import Beacon, Fact, hexadecimal, size_problem
from bletui.text import decoded

URL_SCHEMES = ("http://www.", "https://www.", "http://", "https://")
URL_EXPANSIONS = (
    ".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/",
    ".com", ".org", ".edu", ".net", ".info", ".biz", ".gov",
)  # fmt: skip
_URL_PARTS = URL_EXPANSIONS + tuple(decoded(bytes((byte,))) for byte in range(len(URL_EXPANSIONS), 256))
_NO_TEMPERATURE = -0x8000


def eddystone(data: bytes) -> Beacon | None:
    """The frame behind UUID 0xFEAA."""
    if not data:
        return None
    known = _FRAMES.get(data[0])
    if known is None:
        return Beacon("Eddystone", problem=f"reserved frame type 0x{data[0]:02X}")
    kind, sizes, reader = known
    if len(data) not in sizes:
        wanted = " or ".join(map(str, sizes)) if len(sizes) < 3 else f"{min(sizes)} to {max(sizes)}"
        return Beacon(f"Eddystone {kind}", problem=size_problem(len(data), wanted))
    return reader(data)


def _uid(data: bytes) -> Beacon:
    facts = Fact("namespace", data[2:12].hex()), Fact("instance", data[12:18].hex()), _power(data)
    return Beacon("Eddystone UID", facts)


def _url(data: bytes) -> Beacon:
    scheme, rest = data[2], data[3:]
    known = scheme < len(URL_SCHEMES)
    url = (URL_SCHEMES[scheme] if known else decoded(data[2:3])) + "".join(_URL_PARTS[byte] for byte in rest)
    strange = next((byte for byte in rest if len(URL_EXPANSIONS) <= byte <= 0x20 or byte >= 0x7F), None)
    problem = f"reserved character 0x{strange:02x}" if strange is not None else None
    return Beacon("Eddystone URL", (Fact("url", url), _power(data)), problem if known else "reserved scheme")


def _eid(data: bytes) -> Beacon:
    return Beacon("Eddystone EID", (Fact("eid", data[2:].hex()), _power(data)))


def _tlm(data: bytes) -> Beacon:
    """Plain (version 0) or encrypted (version 1): that one's key changes with the beacon's clock, so it stays shut."""
    match data[1], len(data):
        case 0, 14:
            return Beacon("Eddystone TLM", _telemetry(data))
        case 1, 18:
            salt, check = unpack(">HH", data[14:])
            sealed = hexadecimal("sealed", data[2:14])
            return Beacon("Eddystone TLM", (Fact("", "encrypted"), sealed, Fact("salt", salt), Fact("check", check)))
        case 0 | 1 as version, size:
            return Beacon("Eddystone TLM", problem=size_problem(size, 18 if version else 14))
        case version, _:
            return Beacon("Eddystone TLM", problem=f"version {version} is not known")


def _telemetry(data: bytes) -> tuple[Fact, ...]:
    """Battery 0 and temperature -128 °C say "not supported"; the clock counts tenths of a second."""
    millivolts, temperature, count, deciseconds = unpack(">HhII", data[2:])
    celsius = None if temperature == _NO_TEMPERATURE else round(temperature / 256, 2)
    return (
        Fact("battery", millivolts or None, "mV"),
        Fact("temperature", celsius, "°C"),
        Fact("advertisements", count),
        Fact("up", deciseconds / 10, "s"),
    )


def _power(data: bytes) -> Fact:
    return Fact("tx", (data[1] ^ 0x80) - 0x80)


_FRAMES: dict[int, tuple[str, tuple[int, ...], Callable[[bytes], Beacon]]] = {
    0x00: ("UID", (18, 20), _uid),  # many leave the two reserved bytes out
    0x10: ("URL", tuple(range(3, 21)), _url),
    0x20: ("TLM", (14, 18), _tlm),
    0x30: ("EID", (10,), _eid),
}
