"""What a decoded broadcast says: its kind and named values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Fact(NamedTuple):
    name: str
    value: str | int | float
    unit: str = ""

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return self.value  # text stands for itself; a bare number would not
        return f"{self.name} {self.value:.15g}{' ' * bool(self.unit)}{self.unit}"


@dataclass(frozen=True, slots=True)
class Beacon:
    """Strings in it are visible text."""

    kind: str
    facts: tuple[Fact, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.kind, *map(str, self.facts)))
