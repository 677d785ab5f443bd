"""iBeacon (Apple, "Proximity Beacon Specification" R1)."""

from __future__ import annotations

from struct import unpack

from bletui.decode.beacon import Beacon, Fact, size_problem

_LENGTH = 23


def ibeacon(data: bytes) -> Beacon:
    """The frame behind Apple's company id, from its type byte on; `tx` dBm at 1 m."""
    if len(data) < _LENGTH:
        return Beacon("iBeacon", problem=size_problem(len(data), _LENGTH))
    major, minor, power = unpack(">HHb", data[18:_LENGTH])
    facts = Fact("uuid", identifier(data[2:18])), Fact("major", major), Fact("minor", minor), Fact("tx", power)
    if data[1] != _LENGTH - 2:
        return Beacon("iBeacon", facts, f"its length byte says {data[1]} instead of {_LENGTH - 2}")
    return Beacon("iBeacon", facts, size_problem(len(data), _LENGTH) if len(data) > _LENGTH else None)


def identifier(big_endian: bytes) -> str:
    """16 bytes as a UUID in upper case."""
    digits = big_endian.hex().upper()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
