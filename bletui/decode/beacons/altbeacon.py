"""AltBeacon, under any company (github.com/AltBeacon/spec, README)."""

from __future__ import annotations

from struct import unpack

from bletui.decode.beacon import Beacon, Fact, size_problem
from bletui.decode.beacons.ibeacon import identifier

_LENGTH = 24


def altbeacon(data: bytes) -> Beacon | None:
    """`tx` dBm at 1 m; `reserved` is the manufacturer's. The usual division of the 20 byte id: 16, 2 and 2."""
    if data[:2] != b"\xbe\xac":
        return None
    if len(data) != _LENGTH:
        return Beacon("AltBeacon", problem=size_problem(len(data), _LENGTH))
    major, minor, power, reserved = unpack(">HHbB", data[18:])
    facts = Fact("id", identifier(data[2:18])), Fact("major", major), Fact("minor", minor), Fact("tx", power)
    return Beacon("AltBeacon", (*facts, Fact("reserved", reserved)))
