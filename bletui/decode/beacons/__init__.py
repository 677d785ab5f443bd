"""Beacons and vendor formats that many devices share, decoded to named values: one module per family.

Each reader takes the bytes behind the company identifier or the service UUID. It gives None where they are not its
format, and a `Beacon` with a `problem` where they claim to be and are not whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bletui.decode import lenses
from bletui.decode.beacon import NO_KEYS, Beacon, Fact, Keys, Sender
from bletui.decode.beacons import bthome
from bletui.decode.beacons.altbeacon import altbeacon
from bletui.decode.beacons.apple import apple
from bletui.decode.beacons.eddystone import eddystone
from bletui.decode.beacons.google import exposure_notification, fast_pair
from bletui.decode.beacons.mibeacon import mibeacon
from bletui.decode.beacons.microsoft import microsoft
from bletui.decode.beacons.ruuvi import ruuvi
from bletui.decode.fields import fields
from bletui.decode.lenses import Lens
from bletui.decode.uuids import short
from bletui.model import AdvertisedFields

_NOBODY = Sender()


def describe(raw: bytes, *, address: str | None = None, keys: Keys = NO_KEYS) -> str | None:
    """One line on the beacons in a payload; None where none is known. Never fails.

    `address` sent it; `keys` opens what is encrypted: 16 bytes (MiBeacon 2 and 3: 12) for each address.
    """
    sender = Sender(address, keys)
    return _line(_read(field.code, field.value, sender) for field in fields(raw) if field.whole)


def describe_fields(advertised: AdvertisedFields, *, address: str | None = None, keys: Keys = NO_KEYS) -> str | None:
    """The same from a radio that hands out no bytes."""
    sender = Sender(address, keys)
    found = [
        _read(0xFF, company.to_bytes(2, "little") + data, sender)
        for company, data in advertised.manufacturer.items()
        if company <= 0xFFFF
    ]
    for uuid, data in advertised.service_data.items():
        number = short(uuid)
        if number is not None and number <= 0xFFFF:
            found.append(_read(0x16, number.to_bytes(2, "little") + data, sender))
        elif lens := lenses.adopted().service_data.get(uuid):
            found.append(_through(lens, data))
    return _line(found)


def read(code: int | None, value: bytes, *, address: str | None = None, keys: Keys = NO_KEYS) -> Beacon | None:
    """The beacon in one AD structure, given its type and value; never fails."""
    return _read(code, value, Sender(address, keys) if address or keys else _NOBODY)


def _read(code: int | None, value: bytes, sender: Sender) -> Beacon | None:
    if len(value) < 2:
        return None
    if own := lenses.adopted().broadcast(code, value):
        return _through(*own)
    number, data = value[0] | value[1] << 8, value[2:]
    match code:
        case 0x16:
            if reader := _SERVICE_DATA.get(number):
                return reader(data)
            keyed = _SEALED_SERVICE_DATA.get(number)
            return keyed(data, sender) if keyed else None
        case 0xFF:
            reader = _MANUFACTURER.get(number)
            return (reader(data) if reader else None) or altbeacon(data)
        case _:
            return None


def _through(lens: Lens, data: bytes) -> Beacon:
    unpacked = lens.read(data)
    said = tuple(Fact(reading.name, reading.line) for reading in unpacked.readings if reading.line)
    return Beacon(lens.name, said, unpacked.problem)


def _line(found: Iterable[Beacon | None]) -> str | None:
    return " · ".join(str(beacon) for beacon in found if beacon) or None


_MANUFACTURER: dict[int, Callable[[bytes], Beacon | None]] = {0x004C: apple, 0x0006: microsoft, 0x0499: ruuvi}
_SERVICE_DATA: dict[int, Callable[[bytes], Beacon | None]] = {
    0xFEAA: eddystone,
    0xFE2C: fast_pair,
    0xFD6F: exposure_notification,
    0x181C: bthome.v1,
}
_SEALED_SERVICE_DATA: dict[int, Callable[[bytes, Sender], Beacon | None]] = {
    0xFCD2: bthome.v2,
    0x181E: bthome.v1_encrypted,
    0xFE95: mibeacon,
}
