"""Which bytes are not what they were, and the marks under them."""

from __future__ import annotations

from collections.abc import Container


def changed_bytes(before: bytes, after: bytes) -> frozenset[int]:
    """Offsets in `after` at which another byte stood before, or none."""
    return frozenset(n for n, byte in enumerate(after) if n >= len(before) or before[n] != byte)


def marks(changed: Container[int], start: int, stop: int) -> str:
    """A mark under each changed byte from `start` to `stop`, three cells a byte."""
    return "".join("^^ " if n in changed else "   " for n in range(start, stop))
