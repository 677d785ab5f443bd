"""The keys that broadcasts are sealed with: 16 bytes for BTHome and MiBeacon 4 and 5, 12 for MiBeacon 2 and 3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

SIZES = (12, 16)  # bytes
_DIGITS = re.compile(r"[0-9A-Fa-f]+")


class Keyring(Mapping[str, bytes]):
    """Keys by address, upper case with colons. It shows none of them, and is equal to itself alone: caches go by it."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    def __getitem__(self, address: str) -> bytes:
        return self._keys[address]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Keyring({len(self)} keys)"


def key_of(text: str) -> bytes:
    """The key that is written there in hex, apart by blanks, colons or dashes if you like.

    Raises `ValueError` with what was expected, and nothing of the text.
    """
    digits = re.sub(r"[\s:-]", "", text).removeprefix("0x")
    if not _DIGITS.fullmatch(digits) or len(digits) not in [2 * size for size in SIZES]:
        raise ValueError("expected 32 hex digits (BTHome, MiBeacon 4 and 5) or 24 (MiBeacon 2 and 3)")
    return bytes.fromhex(digits)
