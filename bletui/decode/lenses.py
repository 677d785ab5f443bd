"""How a person has values read: layouts of their own, for attribute types and for what devices broadcast.

They go before the tables. A layout is the language of `bletui.decode.structs`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bletui.decode import structs
from bletui.decode.structs import Layout, LayoutError, Unpacked
from bletui.decode.uuids import uuid_text
from bletui.failure import BleError, ErrorKind, Failure
from bletui.text import bounded, visible

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Lens:
    """`name`: what a person calls it, else the layout as it was written; visible."""

    name: str
    layout: Layout

    def read(self, value: bytes) -> Unpacked:
        return self.layout.unpack(value)


@dataclass(frozen=True, slots=True, eq=False)
class Lenses:
    """By name; and by what they are for: attribute types and service data by 128-bit UUID, manufacturer data by company
    identifier. The bytes of the last two begin behind the UUID or the identifier."""

    named: Mapping[str, Lens] = field(default_factory=dict)
    attributes: Mapping[str, Lens] = field(default_factory=dict)
    companies: Mapping[int, Lens] = field(default_factory=dict)
    service_data: Mapping[str, Lens] = field(default_factory=dict)

    def called(self, word: str) -> Lens:
        """The one of that name, else the layout that `word` writes. `request.invalid` says why it is neither."""
        if word in self.named:
            return self.named[word]
        if not NAME.fullmatch(word):
            return written(word)
        try:
            return written(word)  # `u8` is a layout
        except BleError as wrong:
            near = difflib.get_close_matches(word, self.named, 1)
            there = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.named) or 'none'}"
            raise _invalid(f"no struct is called {word!r}; {there}") from wrong

    def broadcast(self, code: int | None, value: bytes) -> tuple[Lens, bytes] | None:
        """The lens for an AD structure of type `code`, and the bytes that it is for; None: there is none."""
        if code == 0xFF:
            lens = self.companies.get(int.from_bytes(value[:2], "little")) if len(value) >= 2 else None
            return None if lens is None else (lens, value[2:])
        size = _UUID_SIZES.get(code or 0)
        if size is None or len(value) < size:
            return None
        lens = self.service_data.get(uuid_text(value[:size]))
        return None if lens is None else (lens, value[size:])


_UUID_SIZES = {0x16: 2, 0x20: 4, 0x21: 16}  # service data (Core Supplement, A 1.11)
_adopted = Lenses()


def adopt(lenses: Lenses) -> None:
    """From now on, for the whole process."""
    global _adopted  # the tables are the process's too
    _adopted = lenses


def adopted() -> Lenses:
    return _adopted


def written(layout: str) -> Lens:
    """The lens that a layout makes. `request.invalid` says which field is wrong."""
    try:
        return Lens(bounded(visible(layout.strip()), 80), structs.parse(layout))
    except LayoutError as wrong:
        raise _invalid(str(wrong)) from wrong


def _invalid(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="lens", detail=bounded(visible(detail), 400)))
