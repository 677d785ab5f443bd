"""What the tests ask of a payload: its one beacon, and that one's facts."""

from __future__ import annotations

from bletui.decode import beacons
from bletui.decode.beacon import NO_KEYS, Beacon, Keys
from bletui.decode.fields import fields


def only(raw: bytes, keys: Keys = NO_KEYS, address: str | None = None) -> Beacon:
    read = (beacons.read(field.code, field.value, address=address, keys=keys) for field in fields(raw) if field.whole)
    found = [beacon for beacon in read if beacon]
    assert len(found) == 1
    return found[0]


def facts(raw: bytes, keys: Keys = NO_KEYS, address: str | None = None) -> dict[str, object]:
    return {fact.name: fact.value for fact in only(raw, keys, address).facts}


def structure(code: int, number: int, data: bytes) -> bytes:
    """An AD structure of service data (0x16) or manufacturer data (0xFF)."""
    return bytes((len(data) + 3, code)) + number.to_bytes(2, "little") + data
