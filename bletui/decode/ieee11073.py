"""IEEE 11073-20601 floats: FLOAT is a 24-bit mantissa and an 8-bit exponent, SFLOAT 12 and 4; both two's complement.

The value is mantissa * 10 ** exponent; the exponent also says how precise it is (Personal Health Devices Transcoding
White Paper 1.6, 2.2).
"""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import NamedTuple

PLAIN_DIGITS = 12  # a number that needs more is written with an exponent


class Layout11073(NamedTuple):
    """Bits of mantissa and exponent."""

    mantissa: int
    exponent: int

    @property
    def size(self) -> int:
        return (self.mantissa + self.exponent) // 8

    @property
    def specials(self) -> dict[int, str]:
        """The bits that are no number: five mantissas at exponent 0."""
        half = 1 << self.mantissa - 1
        return {half - 1: "NaN", half: "NRes", half - 2: "+INF", half + 2: "-INF", half + 1: "reserved"}


SFLOAT = Layout11073(12, 4)
FLOAT = Layout11073(24, 8)


def read(layout: Layout11073, raw: int) -> tuple[float | None, str]:
    """Value and text of the unsigned `raw`; a special has no value, and its name is the text."""
    special = layout.specials.get(raw)
    if special is not None:
        return None, special
    number = Decimal(_signed(raw, layout.mantissa)).scaleb(_signed(raw >> layout.mantissa, layout.exponent))
    return float(number), _text(number)


def write(layout: Layout11073, value: float | None) -> int:
    """The bits of the nearest number; None is NaN. Fails with ValueError outside the range."""
    if value is None:
        return (1 << layout.mantissa - 1) - 1
    if not isfinite(value):
        raise ValueError(f"{value} is not a number")
    number, highest = Decimal(repr(value)).normalize(), (1 << layout.exponent - 1) - 1
    for exponent in range(min(max(int(number.as_tuple().exponent), ~highest), highest), highest + 1):
        mantissa = round(number.scaleb(-exponent))
        raw = _bits(mantissa, layout.mantissa) | _bits(exponent, layout.exponent) << layout.mantissa
        if _signed(mantissa, layout.mantissa) == mantissa and raw not in layout.specials:
            return raw
    raise ValueError(f"{value} is too large")


def _bits(number: int, bits: int) -> int:
    return number & (1 << bits) - 1


def _signed(raw: int, bits: int) -> int:
    raw = _bits(raw, bits)
    return raw - (raw >> bits - 1 << bits)


def _text(number: Decimal) -> str:
    plain = f"{number:f}"
    return plain if len(plain) <= PLAIN_DIGITS else f"{number.normalize():E}"
