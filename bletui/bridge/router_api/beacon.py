"""The `beacon` key of `beacon=1`: iBeacon and Eddystone frames under the router's names.

The router's documentation shows the keys of an iBeacon; what it has no key for keeps the name of its decoded value.
"""

from __future__ import annotations

from collections.abc import Mapping

from bletui.decode.beacon import Fact
from bletui.decode.beacons import read
from bletui.decode.fields import fields

_KEYS = {"uuid": "UUID", "tx": "txPower"}
_KINDS = ("iBeacon", "Eddystone")


def beacon_of(raw: bytes) -> Mapping[str, object] | None:
    """The first beacon in advertising data that routers know; None where there is none."""
    for field in fields(raw):
        beacon = read(field.code, field.value) if field.whole else None
        if beacon is not None and not beacon.problem and beacon.kind.startswith(_KINDS):
            return {"type": beacon.kind} | dict(map(_key, beacon.facts))
    return None


def _key(fact: Fact) -> tuple[str, object]:
    value = fact.value.upper() if fact.name == "uuid" and isinstance(fact.value, str) else fact.value
    return _KEYS.get(fact.name, fact.name), value
