"""AES-CCM opened (RFC 3610): what seals broadcasts. Key 16 bytes, nonce 7 to 13, tag 4 to 16 and even."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.decode.aes import encrypt

_BLOCK = 16


def opened(key: bytes, nonce: bytes, sealed: bytes, tag: bytes, associated: bytes = b"") -> bytes | None:
    """The plain text of `sealed`; None where `tag` says that key, nonce or data are not what they were sealed with."""
    plain = streamed(key, nonce, sealed)
    expected = _xor(_authentication(key, nonce, plain, associated, len(tag)), encrypt(key, _counter(nonce, 0)))
    return plain if expected[: len(tag)] == tag else None


def streamed(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """`data` with the key stream added (2.3): what is sealed becomes plain, unverified."""
    return b"".join(_xor(part, encrypt(key, _counter(nonce, n))) for n, part in enumerate(_parts(data), start=1))


def _counter(nonce: bytes, n: int) -> bytes:
    width = 15 - len(nonce)
    return bytes((width - 1,)) + nonce + n.to_bytes(width, "big")


def _authentication(key: bytes, nonce: bytes, plain: bytes, associated: bytes, tag_size: int) -> bytes:
    """CBC-MAC over the flags, the nonce, the length, the associated data and the plain text (2.2)."""
    width = 15 - len(nonce)
    flags = 0x40 * bool(associated) | (tag_size - 2) // 2 << 3 | width - 1
    first = bytes((flags,)) + nonce + len(plain).to_bytes(width, "big")
    named = len(associated).to_bytes(2, "big") + associated if associated else b""
    state = encrypt(key, first)
    for part in (*_parts(named), *_parts(plain)):
        state = encrypt(key, _xor(state, part.ljust(_BLOCK, b"\0")))
    return state


def _parts(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK))


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=False))  # the last part may be short
