"""From the integer on the air to the quantity it stands for, exactly, and back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, log10

_ALMOST = 0.05  # a step of 1000/1024 is as good as 1
_EXACT_PLACES = 3  # a step like 0.125 is written out; one like 1/1024 is rounded to its size


@dataclass(frozen=True, slots=True)
class Scale:
    """quantity = raw * `factor` + `offset`."""

    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)

    def exact(self, raw: int) -> Fraction:
        return raw * self.factor + self.offset

    def quantity(self, raw: int) -> int | float:
        """An int where every quantity of this scale is one."""
        exact = self.exact(raw)
        return int(exact) if self.factor.denominator == self.offset.denominator == 1 else float(exact)

    def raw(self, quantity: float) -> int:
        return round((Fraction(quantity) - self.offset) / self.factor)

    def text(self, raw: int) -> str:
        """The quantity with as many decimals as a step of one needs."""
        exact = self.exact(raw)
        places, fixed = self._places()
        text = f"{Decimal(exact.numerator) / Decimal(exact.denominator):z.{places}f}"
        return text if fixed or "." not in text else text.rstrip("0").rstrip(".")

    def _places(self) -> tuple[int, bool]:
        """Decimals, and whether they are shown although they are zeros: a tenth is the device's precision."""
        step = abs(self.factor)
        for places in range(10):
            if (step * 10**places).denominator == (self.offset * 10**places).denominator == 1:
                if step == Fraction(1, 10**places):
                    return places, True
                if places <= _EXACT_PLACES:
                    return places, False
                break
        return max(0, ceil(-log10(step) - _ALMOST)), False
