"""One field of a layout: how its bits are read, what they say, and when it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from bletui.decode.structs.plain import Plainly, Said
from bletui.decode.structs.reading import Plain, Reading, Value
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
    kind: Kind
    bits: int
    big_endian: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A bit of an earlier field, or a field's values. `of` "" is the first `flags`; None: bytes are left."""

    of: str | None
    values: frozenset[int] | None = None
    bit: int = 0
    negated: bool = False

    def holds(self, raws: Mapping[str, int], left: int) -> bool:
        if self.of is None:
            return left > 0
        raw = raws.get(self.of)
        if raw is None:
            return False
        return (raw in self.values if self.values is not None else bool(raw >> self.bit & 1)) != self.negated


@dataclass(frozen=True, slots=True)
class Field:
    """`count` None: as often as bytes are left. `peek`: looks at the flags again from that bit on, takes no bytes."""

    form: Integer | Plainly
    name: str = ""
    quiet: bool = False  # no name in the line of all fields
    silent: bool = False  # not in the line at all
    count: int | None = 1
    peek: int | None = None
    scale: Scale = field(default_factory=Scale)
    unit: str = ""
    limits: tuple[Fraction | None, Fraction | None] = (None, None)
    labels: Mapping[int, str] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    @property
    def bits(self) -> int | None:
        """Bits of one element; None where it is as long as the value."""
        if isinstance(self.form, Integer):
            return self.form.bits
        return None if self.form.size is None else self.form.size * 8

    @property
    def wanted(self) -> int:
        """Bits that the value must have left for it."""
        if self.count is None or self.peek is not None:
            return 0
        return (self.bits or 8) * self.count

    @property
    def greedy(self) -> bool:
        """Whether nothing is left behind it."""
        return self.count is None and not self.conditions and (isinstance(self.form, Integer) or not self.form.end)

    @property
    def bytewise(self) -> bool:
        """Whether `count` counts bytes of one element, instead of elements."""
        return self.bits is None

    def there(self, raws: Mapping[str, int], left: int) -> bool:
        """Whether the value has it, by the fields read before it; `left` in any unit."""
        if self.peek is not None and "" not in raws:
            return False
        return all(condition.holds(raws, left) for condition in self.conditions)

    def say(self, raw: int, bits: int) -> Said:
        """What one element says; `raw` as the bytes of the air in little-endian order."""
        if isinstance(self.form, Integer):
            return self._say_integer(self.form, self.ordered(raw))
        return self.form.read(raw.to_bytes(bits // 8, "little"))

    def unsay(self, value: Plain) -> tuple[int, int]:
        """Bits and their number for one element. Fails with ValueError, TypeError or OverflowError."""
        if not isinstance(self.form, Integer):
            data = self.form.write(value)
            if self.bytewise and self.count is not None:
                data = data.ljust(self.count, self.form.fill) if self.form.fill else data
                if len(data) != self.count:
                    raise ValueError(f"{len(data)} bytes, not {self.count}")
            return int.from_bytes(data, "little"), len(data) * 8
        return self.ordered(self._raw(self.form, value)), self.form.bits

    def reading(self, said: tuple[Said, ...], *, many: bool) -> Reading:
        value: Value = tuple(each.value for each in said) if many else said[0].value
        text = ", ".join(each.text for each in said) or "none"
        if self.unit and any(each.value is not None for each in said):
            text = f"{text} {self.unit}"
        if self.silent or all(each.silent for each in said):
            line = ""
        else:
            line = text if self.quiet or not self.name else f"{self.name} {text}"
        return Reading(self.name, value, self.unit, text, line)

    def problem(self, said: tuple[Said, ...]) -> str | None:
        wrong = next((each.problem for each in said if each.problem), None)
        return wrong and (f"{self.name}: {wrong}" if self.name else wrong)

    def ordered(self, raw: int) -> int:
        """From the order of the air to a number, and back."""
        if isinstance(self.form, Integer) and self.form.big_endian:
            return int.from_bytes(raw.to_bytes(self.form.bits // 8, "little"), "big")
        return raw

    def _raw(self, form: Integer, value: Plain) -> int:
        mask = (1 << form.bits) - 1
        if value is None:
            if not self.labels:
                raise ValueError("there is no value for none")
            return next(iter(self.labels))
        counted = form.kind in (Kind.UNSIGNED, Kind.SIGNED)
        raw = self.scale.raw(float(value) if isinstance(value, str) else value) if counted else int(value)
        low, high = (-(mask >> 1) - 1, mask >> 1) if form.kind is Kind.SIGNED else (0, mask)
        if not low <= raw <= high:
            raise ValueError(f"{value} does not fit into {form.bits} bits")
        return raw & mask

    def _say_integer(self, form: Integer, raw: int) -> Said:
        label = self.labels.get(raw)
        match form.kind:
            case Kind.ENUM:
                if label is None and self.labels:
                    return Said(raw, f"reserved {raw}", f"{raw} is reserved")
                return Said(raw, label or str(raw), silent=label == "")
            case Kind.BITS | Kind.FLAGS:
                return Said(raw, self._bits_text(form, raw), silent=form.kind is Kind.FLAGS)
            case Kind.ID:
                return Said(raw, label or f"0x{raw:0{-(-form.bits // 4)}X}")
        if label is not None:
            return Said(None, label)
        number = raw - (raw >> form.bits - 1 << form.bits) if form.kind is Kind.SIGNED else raw
        return Said(self.scale.quantity(number), self.scale.text(number), self._out_of_range(number))

    def _bits_text(self, form: Integer, raw: int) -> str:
        known = [f"bit {at} {self.labels[at]}" for at in sorted(self.labels) if raw >> at & 1]
        rest = raw & ~sum(1 << at for at in self.labels)
        if rest and self.labels:
            known.append(f"reserved 0x{rest:x}")
        elif rest:
            known.extend(f"bit {at}" for at in range(form.bits) if rest >> at & 1)
        return f"0x{raw:0{-(-form.bits // 4)}x}: {', '.join(known) or 'none'}"

    def _out_of_range(self, number: int) -> str | None:
        exact = number * self.scale.factor + self.scale.offset
        low, high = self.limits
        if low is not None and exact < low:
            return f"{self.scale.text(number)} is below {float(low):g}"
        if high is not None and exact > high:
            return f"{self.scale.text(number)} is above {float(high):g}"
        return None
