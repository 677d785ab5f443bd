"""Made-up device addresses of every kind, and private ones that rotate (Core, Vol 6 Part B, 1.3)."""

from __future__ import annotations

from random import Random

from bletui.decode.aes import encrypt

_STATIC, _RESOLVABLE, _NON_RESOLVABLE = 0b11 << 46, 0b01 << 22, 0


def public(oui: str, number: int) -> str:
    """The vendor's prefix and 24 bits that differ for any two numbers below 2**24."""
    return colons((int(oui.replace(":", ""), 16) << 24) | (number * 0x9E3779 + 0x5A17C3 & 0xFFFFFF))


def static(draw: Random) -> str:
    return colons(_STATIC | draw.getrandbits(46))


def non_resolvable(draw: Random) -> str:
    return colons(_NON_RESOLVABLE | draw.getrandbits(46))


def resolvable(irk: bytes, draw: Random) -> str:
    """prand, then its hash under the identity resolving key: what a bonded peer can recognise."""
    prand = _RESOLVABLE | draw.getrandbits(22)
    return colons(prand << 24 | ah(irk, prand))


def ah(irk: bytes, prand: int) -> int:
    """The random address hash, 24 bits (Core, Vol 3 Part H, 2.2.2); the key is most significant byte first."""
    return int.from_bytes(encrypt(irk, prand.to_bytes(16, "big"))[-3:], "big")


def colons(address: int) -> str:
    return address.to_bytes(6, "big").hex(":").upper()
