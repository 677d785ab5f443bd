"""How a value is looked at: by the tables' meaning of its type, or by a layout that a person gave for that type.

A layout is the language of `bletui.decode.structs`: `i16le x3 /1000 g`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bletui.decode import structs
from bletui.decode.structs import Layout, LayoutError, Reading
from bletui.decode.values import meaning
from bletui.failure import BleError, ErrorKind, Failure


@dataclass(frozen=True, slots=True)
class Lens:
    text: str
    layout: Layout


class Seen(NamedTuple):
    """`text` in one line; with a `problem` as far as the value made sense."""

    text: str
    problem: str | None
    readings: tuple[Reading, ...]


class Number(NamedTuple):
    """One numeric field of a value: what is drawn and watched."""

    name: str
    value: float
    unit: str


def parse(text: str) -> Lens | None:
    """The lens that `text` describes; None for an empty one. `request.invalid` says which field is wrong."""
    if not text.strip():
        return None
    try:
        return Lens(text.strip(), structs.parse(text.strip()))
    except LayoutError as wrong:
        failure = Failure(kind=ErrorKind.REQUEST_INVALID, operation="lens", detail=str(wrong))
        raise BleError(failure) from wrong


def seen(uuid: str, value: bytes, lens: Lens | None) -> Seen | None:
    """What the value says; None where neither a lens nor a table knows its type."""
    if lens is not None:
        unpacked = lens.layout.unpack(value)
        return Seen(unpacked.text, unpacked.problem, unpacked.readings)
    decoded = meaning(uuid, value)
    return None if decoded is None else Seen(decoded.text, decoded.problem, decoded.readings)


def numbers(uuid: str, value: bytes, lens: Lens | None) -> tuple[Number, ...]:
    """The numeric fields of the value; where nothing is known of it, the value itself as a little-endian integer."""
    looked = seen(uuid, value, lens)
    if looked is not None:
        shown = [reading for reading in looked.readings if reading.line]  # the others only say which fields follow
        return tuple(number for reading in shown or looked.readings for number in _numbers(reading))
    if 1 <= len(value) <= 8:
        return (Number(f"u{len(value) * 8} LE", float(int.from_bytes(value, "little")), ""),)
    return ()


def _numbers(reading: Reading) -> list[Number]:
    values = reading.value if isinstance(reading.value, tuple) else (reading.value,)
    found = [(n, one) for n, one in enumerate(values) if isinstance(one, int | float)]
    name = reading.name or "value"
    return [Number(f"{name} {n + 1}" if len(values) > 1 else name, float(one), reading.unit) for n, one in found]
