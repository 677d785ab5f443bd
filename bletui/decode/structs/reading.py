"""What a value says: readings, one a field, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

Scalar = int | float | str | None
Value = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One field. `value` is None where the device says that it has none; `text` is visible, with its unit.

    `line` is how the field stands in a line with others: with its name, or "" where it only steers them.
    """

    name: str
    value: Value
    unit: str
    text: str
    line: str


@dataclass(frozen=True, slots=True)
class Unpacked:
    readings: tuple[Reading, ...]
    problem: str | None = None

    @property
    def text(self) -> str:
        """All in one line; what only steers the others where there are none."""
        said = [reading.line for reading in self.readings if reading.line]
        parts = said or [f"{reading.name} {reading.text}".strip() for reading in self.readings[:1]]
        return ", ".join(parts) or ("" if self.problem else "(empty)")
