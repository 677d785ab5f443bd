"""A payload under AES-CCM, and why it stays shut."""

from __future__ import annotations

from dataclasses import dataclass, field

from bletui.decode import ccm
from bletui.decode.beacon import Fact

KEY_SIZE = 16


@dataclass(frozen=True, slots=True)
class Sealed:
    """`key` None: none is configured for the sender; `nonce` None: its address, which the nonce needs, is not known."""

    key: bytes | None = field(repr=False)
    nonce: bytes | None
    data: bytes
    tag: bytes
    associated: bytes = b""


def opened_or_reason(sealed: Sealed) -> bytes | Fact:
    """The plain text, else the reason as a fact."""
    if sealed.key is None:
        return Fact("", "encrypted")
    if sealed.nonce is None:
        return Fact("", "encrypted, and this system hides the address that decrypting needs")
    if len(sealed.key) != KEY_SIZE:
        return Fact("", f"encrypted, and the key has {len(sealed.key)} bytes instead of {KEY_SIZE}")
    plain = ccm.opened(sealed.key, sealed.nonce, sealed.data, sealed.tag, sealed.associated)
    return Fact("", "encrypted, and the key does not fit") if plain is None else plain
