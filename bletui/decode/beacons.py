"""Beacons and vendor formats that many devices share, decoded to named values.

Each reader takes the bytes behind the company identifier or the service UUID and gives None where they are not its
format. Apple publishes iBeacon alone; the names of its other messages are what public research calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from struct import unpack

from bletui.decode import bthome
from bletui.decode.beacon import Beacon, Fact
from bletui.decode.fields import fields
from bletui.decode.ruuvi import raw_v2
from bletui.decode.uuids import short
from bletui.model import AdvertisedFields
from bletui.text import decoded

APPLE, MICROSOFT, RUUVI = 0x004C, 0x0006, 0x0499
EDDYSTONE, FAST_PAIR, EXPOSURE_NOTIFICATION, BTHOME = 0xFEAA, 0xFE2C, 0xFD6F, 0xFCD2


def describe(raw: bytes) -> str | None:
    """One line on the beacons in a payload; None where none is known. Never fails."""
    return _line(read(field.code, field.value) for field in fields(raw) if field.whole)


def describe_fields(advertised: AdvertisedFields) -> str | None:
    """The same from a radio that hands out no bytes."""
    numbered = [(number, data) for uuid, data in advertised.service_data.items() if (number := short(uuid)) is not None]
    return _line(
        read(code, number.to_bytes(2, "little") + data)
        for code, entries in ((0xFF, advertised.manufacturer.items()), (0x16, numbered))
        for number, data in entries
        if number <= 0xFFFF
    )


def _line(found: Iterable[Beacon | None]) -> str | None:
    return " · ".join(str(beacon) for beacon in found if beacon) or None


def read(code: int | None, value: bytes) -> Beacon | None:
    """The beacon in one AD structure, given its type and value."""
    if len(value) < 2:
        return None
    number, data = value[0] | value[1] << 8, value[2:]
    if code == 0x16:
        reader = _SERVICE_DATA.get(number)
        return reader(data) if reader else None
    if code == 0xFF:
        reader = _MANUFACTURER.get(number)
        return (reader(data) if reader else None) or altbeacon(data)
    return None


def altbeacon(data: bytes) -> Beacon | None:
    """AltBeacon, under any company (github.com/AltBeacon/spec, README)."""
    if len(data) != 24 or data[:2] != b"\xbe\xac":
        return None
    id1, id2, id3, power = data[2:18], *unpack(">HHb", data[18:23])
    return Beacon("AltBeacon", (Fact("id", _uuid(id1)), Fact("major", id2), Fact("minor", id3), Fact("tx", power)))


def apple(data: bytes) -> Beacon | None:
    """iBeacon (Apple, "Proximity Beacon Specification" R1), else the messages by type and length."""
    if len(data) == 23 and data[:2] == b"\x02\x15":
        major, minor, power = unpack(">HHb", data[18:])
        facts = Fact("uuid", _uuid(data[2:18])), Fact("major", major), Fact("minor", minor), Fact("tx", power)
        return Beacon("iBeacon", facts)
    messages = ", ".join(_continuity(data))
    return Beacon("Apple", (Fact("messages", messages),)) if messages else None


def microsoft(data: bytes) -> Beacon | None:
    """Connected Devices ([MS-CDP] 2.2.2.2.1) and Swift Pair (Microsoft Learn, "Bluetooth Swift Pair")."""
    if len(data) >= 4 and data[0] == 0x01:
        device = CDP_DEVICES.get(data[1] & 0x1F, f"device type {data[1] & 0x1F}")
        return Beacon("Microsoft Connected Devices", (Fact("device", device),))
    if len(data) >= 2 and data[0] == 0x03:
        return Beacon("Microsoft Swift Pair", (Fact("for", SWIFT_PAIR.get(data[1], f"scenario {data[1]}")),))
    return None


def eddystone(data: bytes) -> Beacon | None:
    """Eddystone frames (github.com/google/eddystone, protocol-specification.md); `tx` dBm at 0 m."""
    match data[:1], len(data):
        case b"\x00", 18 | 20:
            facts = Fact("namespace", data[2:12].hex()), Fact("instance", data[12:18].hex()), _power(data)
            return Beacon("Eddystone UID", facts)
        case b"\x10", size if 3 <= size <= 20:
            return Beacon("Eddystone URL", (Fact("url", _url(data[2:])), _power(data)))
        case b"\x20", 14 if data[1] == 0:
            return _telemetry(data)
        case b"\x20", 18 if data[1] == 1:
            salt, check = unpack(">HH", data[14:])
            return Beacon("Eddystone TLM", (Fact("", "encrypted"), Fact("salt", salt), Fact("check", check)))
        case b"\x30", 10:
            return Beacon("Eddystone EID", (Fact("eid", data[2:].hex()), _power(data)))
        case _:
            return None


def fast_pair(data: bytes) -> Beacon | None:
    """Google Fast Pair ("Fast Pair Provider: Advertising Payload"): a model id, or account data."""
    if len(data) == 3:
        return Beacon("Fast Pair", (Fact("model", data.hex()),))
    return Beacon("Fast Pair", (Fact("", "account data"),)) if data else None


def exposure_notification(data: bytes) -> Beacon | None:
    """Exposure Notification ("Bluetooth Specification" v1.2, 2020): rolling identifier and encrypted metadata."""
    if len(data) != 20:
        return None
    return Beacon("Exposure Notification", (Fact("identifier", data[:16].hex()), Fact("metadata", data[16:].hex())))


def _continuity(data: bytes) -> Iterator[str]:
    at = 0
    while at < len(data):
        yield CONTINUITY.get(data[at], f"type 0x{data[at]:02x}")
        if data[at] == HOMEKIT or at + 1 == len(data):
            return
        at += 2 + data[at + 1]


def _telemetry(data: bytes) -> Beacon:
    millivolts, temperature, count, deciseconds = unpack(">HhII", data[2:])
    facts = [Fact("advertisements", count), Fact("up", deciseconds / 10, "s")]
    if temperature != -0x8000:  # "not supported"
        facts.insert(0, Fact("temperature", round(temperature / 256, 2), "°C"))
    if millivolts:
        facts.insert(0, Fact("battery", millivolts, "mV"))
    return Beacon("Eddystone TLM", tuple(facts))


def _url(data: bytes) -> str:
    scheme = URL_SCHEMES[data[0]] if data[0] < len(URL_SCHEMES) else decoded(data[:1])
    return scheme + "".join(_URL_PARTS[byte] for byte in data[1:])


def _power(data: bytes) -> Fact:
    return Fact("tx", (data[1] ^ 0x80) - 0x80)


def _uuid(big_endian: bytes) -> str:
    digits = big_endian.hex().upper()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


HOMEKIT = 0x06  # its second byte is no length
CONTINUITY = {
    0x01: "Overflow Area",
    0x02: "iBeacon",
    0x03: "AirPrint",
    0x05: "AirDrop",
    HOMEKIT: "HomeKit",
    0x07: "Proximity Pairing",
    0x08: "Hey Siri",
    0x09: "AirPlay Target",
    0x0A: "AirPlay Source",
    0x0B: "Magic Switch",
    0x0C: "Handoff",
    0x0D: "Tethering Target",
    0x0E: "Tethering Source",
    0x0F: "Nearby Action",
    0x10: "Nearby Info",
    0x12: "Find My",
}
CDP_DEVICES = {
    1: "Xbox One", 6: "iPhone", 7: "iPad", 8: "Android", 9: "Windows desktop", 11: "Windows phone", 12: "Linux",
    13: "Windows IoT", 14: "Surface Hub", 15: "Windows laptop", 16: "Windows tablet",
}  # fmt: skip
SWIFT_PAIR = {0: "LE only", 1: "LE and BR/EDR, Secure Connections", 2: "BR/EDR only"}
URL_SCHEMES = ("http://www.", "https://www.", "http://", "https://")
URL_EXPANSIONS = (
    ".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/",
    ".com", ".org", ".edu", ".net", ".info", ".biz", ".gov",
)  # fmt: skip
_URL_PARTS = URL_EXPANSIONS + tuple(decoded(bytes((byte,))) for byte in range(len(URL_EXPANSIONS), 256))

Reader = Callable[[bytes], Beacon | None]
_MANUFACTURER: dict[int, Reader] = {APPLE: apple, MICROSOFT: microsoft, RUUVI: raw_v2}
_SERVICE_DATA: dict[int, Reader] = {
    EDDYSTONE: eddystone,
    FAST_PAIR: fast_pair,
    EXPOSURE_NOTIFICATION: exposure_notification,
    BTHOME: bthome.v2,
}
