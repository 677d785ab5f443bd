"""A number as sensors send it: little endian, scaled, with a unit."""

from __future__ import annotations

from typing import NamedTuple

from bletui.decode.beacon import Fact


class Quantity(NamedTuple):
    name: str
    size: int
    factor: float = 1
    unit: str = ""
    signed: bool = False

    def fact(self, value: bytes) -> Fact:
        number = int.from_bytes(value, "little", signed=self.signed)
        return Fact(self.name, number if self.factor == 1 else round(number * self.factor, 6), self.unit)
