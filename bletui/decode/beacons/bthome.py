"""BTHome (bthome.io/format, /encryption and /v1): version 2 under 0xFCD2, version 1 under 0x181C and 0x181E.

Sealed payloads are AES-CCM with a tag of 4 bytes, behind a counter of 4: the nonce is the sender's address, the UUID,
what tells the version, and the counter.
"""

from __future__ import annotations

from struct import unpack

from bletui.decode.beacon import Beacon, Fact, Sender, hexadecimal
from bletui.decode.beacons.bthome_objects import BINARY, OBJECTS, object_fact, object_size
from bletui.decode.beacons.sealed import Sealed, opened_or_reason
from bletui.text import decoded

_ENCRYPTED, _MAC_INCLUDED, _TRIGGERED = 0x01, 0x02, 0x04
_COUNTER_AND_TAG, _MAC_SIZE = 8, 6


def v2(data: bytes, sender: Sender) -> Beacon | None:
    """The objects in `data`, up to the first that is not known: its length is not told, so the rest stays hex."""
    if not data or data[0] >> 5 != 2:
        return Beacon("BTHome", problem=f"version {data[0] >> 5} is not known") if data else None
    information, mac, body = data[0], sender.mac(), data[1:]
    facts: tuple[Fact, ...] = (Fact("sends", "when triggered"),) if information & _TRIGGERED else ()
    if information & _MAC_INCLUDED:
        if len(body) < _MAC_SIZE:
            return Beacon("BTHome", facts, "ends inside its address")
        mac, body = body[:_MAC_SIZE][::-1], body[_MAC_SIZE:]
        facts += (Fact("MAC", mac.hex(":").upper(), label=True),)
    if not information & _ENCRYPTED:
        said, problem = _objects(body)
        return Beacon("BTHome", facts + said, problem)
    return _v2_encrypted(data[:1], body, facts, sender, mac)


def v1(data: bytes) -> Beacon | None:
    """Version 1 in the clear. None where nothing in `data` is of it: the UUID is the SIG's User Data service."""
    said, problem = _v1_objects(data)
    return Beacon("BTHome v1", said, problem) if said else None


def v1_encrypted(data: bytes, sender: Sender) -> Beacon | None:
    """Version 1, sealed; the UUID is that of the SIG's Bond Management service, so a short value is not its."""
    if len(data) <= _COUNTER_AND_TAG:
        return None
    counter, tag, mac = data[-8:-4], data[-4:], sender.mac()
    facts = (Fact("counter", int.from_bytes(counter, "little")),)
    sealed = Sealed(sender.key(), mac and mac + b"\x1e\x18" + counter, data[:-8], tag, b"\x11")
    said = opened_or_reason(sealed)
    if isinstance(said, Fact):
        return Beacon("BTHome v1", (*facts, said))
    objects, problem = _v1_objects(said)
    return Beacon("BTHome v1", (*facts, *objects), problem)


def _v2_encrypted(
    information: bytes, body: bytes, facts: tuple[Fact, ...], sender: Sender, mac: bytes | None
) -> Beacon:
    if len(body) < _COUNTER_AND_TAG:
        return Beacon("BTHome", facts, "ends inside the counter and check of its encryption")
    counter, tag = body[-8:-4], body[-4:]
    facts += (Fact("counter", int.from_bytes(counter, "little")),)
    nonce = mac and mac + b"\xd2\xfc" + information + counter
    plain = opened_or_reason(Sealed(sender.key(mac), nonce, body[:-8], tag))
    if isinstance(plain, Fact):
        return Beacon("BTHome", (*facts, plain))
    said, problem = _objects(plain)
    return Beacon("BTHome", facts + said, problem)


def _objects(data: bytes) -> tuple[tuple[Fact, ...], str | None]:
    facts: list[Fact] = []
    at = 0
    while at < len(data):
        size = object_size(data, at)
        if size is None and at + 1 < len(data):
            return (*facts, hexadecimal("unknown object", data[at:])), None
        if size is None or at + 1 + size > len(data):
            return tuple(facts), f"ends inside object 0x{data[at]:02x}"
        facts.append(object_fact(data[at], data[at + 1 : at + 1 + size]))
        at += 1 + size
    return tuple(facts), None


def _v1_objects(data: bytes) -> tuple[tuple[Fact, ...], str | None]:
    """Each: a byte of type (upper three bits) and length, the object's id, its value in that many bytes less one."""
    facts: list[Fact] = []
    at = 0
    while at < len(data):
        kind, size = data[at] >> 5, data[at] & 0x1F
        field = data[at + 1 : at + 1 + size]
        if len(field) < size:
            return tuple(facts), f"an object says {size} bytes, {len(field)} left"
        fact = _v1_fact(kind, field)
        if fact is None:
            return tuple(facts), f"object {data[at : at + 1 + size].hex()} is not known"
        facts.append(fact)
        at += 1 + size
    return tuple(facts), None


def _v1_fact(kind: int, field: bytes) -> Fact | None:
    """Types 0 and 1 are unsigned and signed numbers of any size, 2 a float, 3 text, 4 an address."""
    if len(field) < 2:
        return None
    code, value = field[0], field[1:]
    known = OBJECTS.get(code)
    match kind:
        case 0 | 1 if known:
            return known._replace(size=len(value), signed=kind == 1).fact(value)
        case 0 | 1 if code in BINARY and len(value) == 1:
            return Fact(BINARY[code], int.from_bytes(value, "little"))
        case 0 if code in (0x3A, 0x3C, 0x50) and len(value) == object_size(field, 0):
            return object_fact(code, value)
        case 2 if known and len(value) in _FLOATS:
            (number,) = unpack(_FLOATS[len(value)], value)
            return Fact(known.name, round(number * known.factor, 6), known.unit) if number == number else None
        case 3:
            return Fact("text", decoded(value))
        case 4 if len(value) == 6:
            return Fact("MAC", value[::-1].hex(":").upper(), label=True)
    return None


_FLOATS = {2: "<e", 4: "<f", 8: "<d"}
