"""A payload cut into its fields, byte for byte: what comes out makes up what went in (Core, Vol 3 Part C, 11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """`length` as its byte says. `code` None: there is no type byte, because `length` is 0 or the data ends there."""

    offset: int
    length: int
    code: int | None
    value: bytes

    @property
    def whole(self) -> bool:
        """Whether the data holds as much as `length` says."""
        return self.code is not None and len(self.value) == self.length - 1


def fields(raw: bytes) -> Iterator[Field]:
    """Every field of `raw` in order. A run of zeros is one field of length 0; what follows it is read on."""
    at, end = 0, len(raw)
    while at < end:
        length = raw[at]
        stop = at + 1 + length if length else past_zeros(raw, at)
        code = raw[at + 1] if length and at + 1 < end else None
        yield Field(at, length, code, raw[at + (1 if code is None else 2) : stop])
        at = stop


def joined(length: int, code: int | None, value: bytes) -> bytes:
    """The bytes that a field was cut from."""
    return bytes((length,)) + (b"" if code is None else bytes((code,))) + value


def past_zeros(raw: bytes, at: int) -> int:
    """Where the run of zeros at `at` ends."""
    run = _ZEROS.match(raw, at)
    return run.end() if run else at


_ZEROS = re.compile(b"\0+")
