"""Whole numbers of any size: as quantities, as one of several labels, as bits, as identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from bletui.decode.structs.formats import Said
from bletui.decode.structs.reading import Scalar
from bletui.decode.structs.scale import Scale


class Kind(Enum):
    UNSIGNED = "u"
    SIGNED = "i"
    ENUM = "enum"  # one of the labels
    BITS = "bits"  # any of the labels
    FLAGS = "flags"  # bits that say which fields follow
    ID = "id"  # a number to compare, not to count with: hexadecimal


@dataclass(frozen=True, slots=True)
class Integer:
    """`labels` by the unsigned number; for a quantity they are the numbers that stand for none."""

    kind: Kind
    bits: int
    big_endian: bool = False
    scale: Scale = field(default_factory=Scale)
    limits: tuple[Fraction | None, Fraction | None] = (None, None)
    labels: Mapping[int, str] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether it is a quantity."""
        return self.kind in (Kind.UNSIGNED, Kind.SIGNED)

    def ordered(self, raw: int) -> int:
        """From the order of the air, its bytes read as little-endian, to the unsigned number, and back."""
        return int.from_bytes(raw.to_bytes(self.bits // 8, "little"), "big") if self.big_endian else raw

    def read(self, number: int) -> Said:
        """What the unsigned `number` says."""
        label = self.labels.get(number)
        match self.kind:
            case Kind.ENUM if label is None and self.labels:
                return Said(number, f"reserved {number}", f"{number} is reserved")
            case Kind.ENUM:
                return Said(number, label or str(number), silent=label == "")
            case Kind.BITS | Kind.FLAGS:
                return Said(number, self._set_bits(number), silent=self.kind is Kind.FLAGS)
            case Kind.ID:
                return Said(number, label or f"0x{number:0{self._digits}X}")
        if label is not None:
            return Said(None, label)
        if self.kind is Kind.SIGNED:
            number -= number >> self.bits - 1 << self.bits
        return Said(self.scale.quantity(number), self.scale.text(number), self._out_of_range(number))

    def write(self, value: Scalar) -> int:
        """The unsigned number of a value. Fails with ValueError where it has none."""
        if value is None:
            if not self.labels:
                raise ValueError("there is no value for none")
            return next(iter(self.labels))
        number = self.scale.raw(float(value) if isinstance(value, str) else value) if self.counts else int(value)
        low = -(1 << self.bits - 1) if self.kind is Kind.SIGNED else 0
        if not 0 <= number - low < 1 << self.bits:
            raise ValueError(f"{value} does not fit into {self.bits} bits")
        return number & (1 << self.bits) - 1

    @property
    def _digits(self) -> int:
        return -(-self.bits // 4)

    def _set_bits(self, number: int) -> str:
        known = [f"bit {at} {label}" for at, label in sorted(self.labels.items()) if number >> at & 1]
        rest = number & ~sum(1 << at for at in self.labels)
        if rest and self.labels:
            known.append(f"reserved 0x{rest:x}")
        elif rest:
            known.extend(f"bit {at}" for at in range(self.bits) if rest >> at & 1)
        return f"0x{number:0{self._digits}x}: {', '.join(known) or 'none'}"

    def _out_of_range(self, number: int) -> str | None:
        exact = self.scale.exact(number)
        low, high = self.limits
        if low is not None and exact < low:
            return f"{self.scale.text(number)} is below {float(low):g}"
        if high is not None and exact > high:
            return f"{self.scale.text(number)} is above {float(high):g}"
        return None
