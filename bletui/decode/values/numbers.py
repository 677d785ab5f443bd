"""The numbers in a value: what can be drawn, and watched."""

from __future__ import annotations

from typing import NamedTuple

from bletui.decode.lenses import Lens
from bletui.decode.structs import Reading
from bletui.decode.values import meaning


class Number(NamedTuple):
    """One numeric field of a value."""

    name: str
    value: float
    unit: str


def numbers(uuid: str, value: bytes, lens: Lens | None) -> tuple[Number, ...]:
    """In the order of the air; where nothing is known of the value, itself as a little-endian integer."""
    looked = meaning(uuid, value, lens)
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
