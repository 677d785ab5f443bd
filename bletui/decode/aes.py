"""AES-128, one block, encryption only (FIPS 197): all that resolvable addresses and CCM need.

It is neither fast nor constant in time: good for reading broadcasts with keys at hand, not for keeping secrets.
"""

from __future__ import annotations

from functools import cache


def encrypt(key: bytes, block: bytes) -> bytes:
    """16 bytes under a 16-byte key."""
    box = _sbox()
    keys = _expand(key, box)
    state = _xor(block, keys[0])
    for n in range(1, 11):
        state = _shift_rows(bytes(box[byte] for byte in state))
        if n < 10:
            state = b"".join(_mix(state[at : at + 4]) for at in range(0, 16, 4))
        state = _xor(state, keys[n])
    return state


@cache
def _sbox() -> bytes:
    # Walks p through the field by its generator 3 and q by the inverse of 3, so that q is always 1/p.
    box = bytearray(256)
    p = q = 1
    while not box[p]:
        inverse = q | q << 8
        box[p] = (inverse ^ inverse >> 4 ^ inverse >> 5 ^ inverse >> 6 ^ inverse >> 7) & 0xFF ^ 0x63
        p ^= _double(p)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q = q & 0xFF ^ (0x09 if q & 0x80 else 0)
    box[0] = 0x63
    return bytes(box)


def _expand(key: bytes, box: bytes) -> list[bytes]:
    words = [key[at : at + 4] for at in range(0, 16, 4)]
    constant = 1
    for n in range(4, 44):
        word = words[-1]
        if n % 4 == 0:
            word = bytes(box[byte] for byte in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = _double(constant)
        words.append(_xor(words[n - 4], word))
    return [b"".join(words[at : at + 4]) for at in range(0, 44, 4)]


def _shift_rows(state: bytes) -> bytes:
    return bytes(state[(at + 4 * (at % 4)) % 16] for at in range(16))


def _mix(column: bytes) -> bytes:
    whole = column[0] ^ column[1] ^ column[2] ^ column[3]
    return bytes(column[n] ^ whole ^ _double(column[n] ^ column[(n + 1) % 4]) for n in range(4))


def _double(byte: int) -> int:
    return byte << 1 ^ (0x11B if byte & 0x80 else 0)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
