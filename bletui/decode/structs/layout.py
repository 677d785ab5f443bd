"""A whole value as fields in their order: read from bytes, and written back to them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bletui.decode.structs.field import Field
from bletui.decode.structs.integers import Integer, Kind
from bletui.decode.structs.reading import Reading, Unpacked, Value


@dataclass(frozen=True, slots=True)
class Layout:
    fields: tuple[Field, ...]

    def unpack(self, data: bytes) -> Unpacked:
        """What `data` says, as far as it goes. What is missing, left over or out of range is the problem."""
        return _Reader(data).read(self.fields)

    def pack(self, values: Sequence[Value]) -> bytes:
        """The bytes whose readings have these values, one for each reading. Fails with ValueError."""
        writer = _Writer(values)
        for field in self.fields:
            try:
                writer.write(field)
            except (ValueError, TypeError, OverflowError, StopIteration, struct.error) as error:
                raise ValueError(f"{field.name or 'value'}: {str(error) or 'missing'}") from error
        if writer.left:
            raise ValueError(f"{writer.left} value{'s' * (writer.left != 1)} too many")
        return writer.whole()


class _Reader:
    """Bits from the lowest of the first byte on, so that fields smaller than a byte need no case of their own."""

    def __init__(self, data: bytes) -> None:
        self._bits = int.from_bytes(data, "little")
        self._left = len(data) * 8
        self._numbers: dict[str, int] = {}
        self._readings: list[Reading] = []
        self._problems: list[str] = []

    def read(self, fields: tuple[Field, ...]) -> Unpacked:
        for field in fields:
            if field.there(self._numbers, self._left) and not self._take(field):
                break
        else:
            if self._left:
                self._problems.append(f"{_size(self._left)} too many")
        return Unpacked(tuple(self._readings), "; ".join(self._problems) or None)

    def _take(self, field: Field) -> bool:
        """Whether all of the field was there."""
        missing = field.wanted - self._left
        chunks = list(self._chunks(field))
        if chunks or field.count is None:
            said = tuple(field.read(raw, bits) for raw, bits in chunks)
            self._readings.append(field.reading(said))
            if problem := field.problem(said):
                self._problems.append(problem)
        if chunks:
            _remember(self._numbers, field, chunks[0][0])
        if missing > 0:
            self._problems.append(f"{_size(missing)} missing in {field.name or 'the value'}")
        return missing <= 0

    def _chunks(self, field: Field) -> Iterator[tuple[int, int]]:
        if field.peek is not None and field.bits is not None:
            yield field.peeked(self._numbers), field.bits
        elif field.bits is None:
            wanted = self._rest(field) if field.count is None else field.wanted
            if wanted <= self._left:
                yield self._shift(wanted), wanted
        else:
            there = self._left // field.bits
            for _ in range(there if field.count is None else min(field.count, there)):
                yield self._shift(field.bits), field.bits

    def _rest(self, field: Field) -> int:
        """Bits of a field that ends with the value, or behind a mark of its own."""
        size = self._left // 8
        end = b"" if isinstance(field.format, Integer) else field.format.end
        there = self._bits.to_bytes(size + 1, "little")[:size] if end else b""
        return (there.index(end) + len(end) if end and end in there else size) * 8

    def _shift(self, bits: int) -> int:
        raw = self._bits & (1 << bits) - 1
        self._bits >>= bits
        self._left -= bits
        return raw


class _Writer:
    def __init__(self, values: Sequence[Value]) -> None:
        self._values = iter(values)
        self.left = len(values)
        self._bits = self._at = 0
        self._numbers: dict[str, int] = {}

    def write(self, field: Field) -> None:
        if not field.there(self._numbers, self.left):
            return
        value = next(self._values)
        self.left -= 1
        if field.peek is not None:
            _remember(self._numbers, field, field.peeked(self._numbers))
            return  # its bits stand in the flags
        values = value if isinstance(value, tuple) else (value,)
        if len(values) != (1 if field.bytewise else field.count or len(values)):
            raise ValueError(f"{len(values)} values, not {field.count or 1}")
        for at, each in enumerate(values):
            raw, bits = field.write(each)
            if at == 0:
                _remember(self._numbers, field, raw)
            self._bits |= raw << self._at
            self._at += bits

    def whole(self) -> bytes:
        return self._bits.to_bytes(-(-self._at // 8), "little")


def _remember(numbers: dict[str, int], field: Field, raw: int) -> None:
    """For the conditions of later fields."""
    if not isinstance(field.format, Integer):
        return
    if field.format.kind is Kind.FLAGS:
        numbers.setdefault("", field.format.ordered(raw))
    if field.name:
        numbers[field.name] = field.format.ordered(raw)


def _size(bits: int) -> str:
    count, unit = (bits, "bit") if bits < 8 else (-(-bits // 8), "byte")
    return f"{count} {unit}{'s' * (count != 1)}"
