"""UUIDs as text: always 128 bits, lower case, with dashes."""

from __future__ import annotations

from functools import lru_cache

BASE = "-0000-1000-8000-00805f9b34fb"  # Core, Vol 3 Part B, 2.5.1


def uuid_text(little_endian: bytes) -> str:
    """The UUID that 2, 4 or 16 bytes from the air stand for."""
    digits = little_endian[::-1].hex()
    if len(digits) < 32:
        return f"{digits:0>8}{BASE}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(maxsize=1024)
def uuid_list(value: bytes, size: int) -> tuple[str, ...]:
    """The whole UUIDs of `size` bytes in `value`, in its order; a rest is left out."""
    return tuple(uuid_text(value[at : at + size]) for at in range(0, len(value) - size + 1, size))


def short(uuid: str) -> int | None:
    """The 16- or 32-bit number of a UUID that lies on the Bluetooth base."""
    return int(uuid[:8], 16) if uuid.endswith(BASE) else None
