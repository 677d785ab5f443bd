"""MiBeacon, UUID 0xFE95 (Xiaomi, miio_open, "Mi BLE MiBeacon protocol"); little endian.

Versions 4 and 5 seal the object with AES-CCM: the nonce is the address as on the air, product id, frame counter and the
three bytes of extended counter; the associated data is 0x11. Versions 2 and 3 have a key of 12 bytes and no check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bletui.decode import ccm
from bletui.decode.beacon import Beacon, Fact, Sender, hexadecimal
from bletui.decode.beacons.mibeacon_objects import object_facts
from bletui.decode.beacons.sealed import Sealed, opened_or_reason

_ENCRYPTED, _MAC, _CAPABILITY, _OBJECT, _MESH = 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7
_IO_CAPABILITY = 1 << 5
_CHECKED = 4  # the first version whose encryption has a check
_OLD_KEY = 12
_OLD_KEY_MIDDLE = bytes.fromhex("8d3d3c97")
_AGREED = b"\x11"


@dataclass(frozen=True, slots=True)
class _Header:
    """`end`: where the object begins. `mac` as on the air; None where the frame has none."""

    control: int
    mac: bytes | None
    end: int
    facts: tuple[Fact, ...]

    @property
    def version(self) -> int:
        return self.control >> 12


def mibeacon(data: bytes, sender: Sender) -> Beacon | None:
    """Product, counter and address of a frame, and its object: in the clear, or opened with the sender's key."""
    if not data:
        return None
    header = _header(data)
    if header is None:
        return Beacon("MiBeacon", problem="ends inside its header")
    if not header.control & _OBJECT:
        return Beacon("MiBeacon", header.facts)
    body = data[header.end :]
    if header.control & _ENCRYPTED:
        opened = _opened(data, header, sender)
        if opened is None:
            return Beacon("MiBeacon", header.facts, "ends inside the counter and check of its encryption")
        if isinstance(opened, Fact):
            return Beacon("MiBeacon", (*header.facts, opened))
        body = opened
    facts, problem = _objects(body)
    if problem and header.control & _ENCRYPTED and header.version < _CHECKED:
        return Beacon("MiBeacon", (*header.facts, Fact("", "encrypted, and the key does not fit")))
    return Beacon("MiBeacon", (*header.facts, *facts), problem)


def _header(data: bytes) -> _Header | None:
    if len(data) < 5:
        return None
    control, at, mac = int.from_bytes(data[:2], "little"), 5, None
    facts = [
        Fact("version", control >> 12),
        Fact("product", f"0x{int.from_bytes(data[2:4], 'little'):04X}", label=True),
        Fact("counter", data[4]),
    ]
    if control & _MAC:
        mac, at = data[at : at + 6], at + 6
        facts.append(Fact("MAC", mac[::-1].hex(":").upper(), label=True))
    if control & _CAPABILITY:
        capability = data[at : at + 1]
        at += 3 if capability and capability[0] & _IO_CAPABILITY else 1
        facts.append(hexadecimal("capability", capability))
    return _Header(control, mac, at, tuple(facts)) if at <= len(data) else None


def _opened(data: bytes, header: _Header, sender: Sender) -> bytes | Fact | None:
    """The object in the clear, or why it is not; None: the frame is too short for what belongs to its encryption."""
    own = sender.mac()
    mac = header.mac or (own[::-1] if own else None)
    key = sender.key(mac[::-1] if mac else None)
    if header.version < _CHECKED:
        return _opened_old(data, header.end, mac, key)
    body = data[header.end :]
    if len(body) < 7:
        return None
    nonce = mac and mac + data[2:5] + body[-7:-4]
    return opened_or_reason(Sealed(key, nonce, body[:-7], body[-4:], _AGREED))


def _opened_old(data: bytes, start: int, mac: bytes | None, key: bytes | None) -> bytes | Fact | None:
    body = data[start:]
    if len(body) < 4:
        return None
    if key is None or mac is None:
        return Fact("", "encrypted")
    if len(key) != _OLD_KEY:
        return Fact("", f"encrypted, and the key has {len(key)} bytes instead of {_OLD_KEY}")
    nonce = data[:5] + body[-4:-1] + mac[:5]
    return ccm.streamed(key[:6] + _OLD_KEY_MIDDLE + key[6:], nonce, body[:-4])


def _objects(body: bytes) -> tuple[tuple[Fact, ...], str | None]:
    found = tuple(_walk(body))
    facts = tuple(fact for facts, _ in found for fact in facts)
    return facts, next((problem for _, problem in found if problem), None)


def _walk(body: bytes) -> Iterator[tuple[tuple[Fact, ...], str | None]]:
    """Each object: id (2 bytes), length, value. The last yield says what is wrong with the run, if anything is."""
    at = 0
    while at < len(body):
        if at + 3 > len(body):
            yield (), "ends inside the head of an object"
            return
        code, size = int.from_bytes(body[at : at + 2], "little"), body[at + 2]
        value = body[at + 3 : at + 3 + size]
        if len(value) < size:
            yield (), f"object 0x{code:04x} says {size} bytes, {len(value)} left"
            return
        yield object_facts(code, value)
        at += 3 + size
