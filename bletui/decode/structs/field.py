"""One field of a layout: what its elements say, and when it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bletui.decode.structs.formats import Format, Said
from bletui.decode.structs.integers import Integer
from bletui.decode.structs.reading import Reading, Scalar, Value


@dataclass(frozen=True, slots=True)
class Condition:
    """A bit of an earlier field, or a field's values. `of` "" is the first `flags`; None: bytes are left."""

    of: str | None
    values: frozenset[int] | None = None
    bit: int = 0
    negated: bool = False

    def holds(self, numbers: Mapping[str, int], left: int) -> bool:
        if self.of is None:
            return left > 0
        number = numbers.get(self.of)
        if number is None:
            return False
        return (number in self.values if self.values is not None else bool(number >> self.bit & 1)) != self.negated


@dataclass(frozen=True, slots=True)
class Field:
    """`count` None: as often as bytes are left. `peek`: looks at the flags again from that bit on, takes no bytes."""

    format: Integer | Format
    name: str = ""
    quiet: bool = False  # no name in the line of all fields
    silent: bool = False  # not in the line at all
    count: int | None = 1
    peek: int | None = None
    unit: str = ""
    conditions: tuple[Condition, ...] = ()

    @property
    def bits(self) -> int | None:
        """Bits of one element; None where it is as long as the value."""
        if isinstance(self.format, Integer):
            return self.format.bits
        return None if self.format.size is None else self.format.size * 8

    @property
    def wanted(self) -> int:
        """Bits that the value must have left for it."""
        if self.count is None or self.peek is not None:
            return 0
        return (self.bits or 8) * self.count

    @property
    def bytewise(self) -> bool:
        """Whether `count` counts bytes of one element, instead of elements."""
        return self.bits is None

    @property
    def greedy(self) -> bool:
        """Whether nothing is left behind it."""
        return self.count is None and not self.conditions and (isinstance(self.format, Integer) or not self.format.end)

    def there(self, numbers: Mapping[str, int], left: int) -> bool:
        """Whether the value has it, by the fields read before it; `left` in any unit."""
        if self.peek is not None and "" not in numbers:
            return False
        return all(condition.holds(numbers, left) for condition in self.conditions)

    def peeked(self, numbers: Mapping[str, int]) -> int:
        """Its bits of the flags."""
        return numbers[""] >> (self.peek or 0) & (1 << (self.bits or 0)) - 1

    def read(self, raw: int, bits: int) -> Said:
        """What one element says; `raw` is its bytes read as little-endian."""
        if isinstance(self.format, Integer):
            return self.format.read(self.format.ordered(raw))
        return self.format.read(raw.to_bytes(bits // 8, "little"))

    def write(self, value: Scalar) -> tuple[int, int]:
        """One element as little-endian bytes, and its bits. Fails with ValueError, TypeError or OverflowError."""
        if isinstance(self.format, Integer):
            return self.format.ordered(self.format.write(value)), self.format.bits
        data = self.format.write(value)
        size = self.count if self.bytewise else self.format.size
        if size is not None:
            data = data.ljust(size, self.format.fill) if self.format.fill else data
            if len(data) != size:
                raise ValueError(f"{len(data)} bytes, not {size}")
        return int.from_bytes(data, "little"), len(data) * 8

    def reading(self, said: tuple[Said, ...]) -> Reading:
        many = self.count != 1 and not self.bytewise
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
