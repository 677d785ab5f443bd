"""The patterns of a `ScanFilter`: addresses and names with a star at one end, bytes at an offset or anywhere."""

from __future__ import annotations

from functools import lru_cache

from bletui.model import ValueFilter


@lru_cache(4096)  # the same few devices are asked about with every packet
def address_matches(address: str, patterns: tuple[str, ...]) -> bool:
    return any(_starred(address.upper(), pattern.upper()) for pattern in patterns)


def name_matches(name: str | None, patterns: tuple[str, ...]) -> bool:
    """`*` alone is any device that has a name."""
    return bool(name) and any(_starred(name or "", pattern) for pattern in patterns)


def value_matches(raw: bytes, values: tuple[ValueFilter, ...]) -> bool:
    return any(
        value.data in raw if value.offset is None else raw.startswith(value.data, value.offset) for value in values
    )


def _starred(text: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text.endswith(pattern[1:]) if pattern.startswith("*") else text == pattern
