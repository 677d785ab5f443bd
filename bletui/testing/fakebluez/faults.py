"""Faults on demand: what a named method answers instead of its own answer, or when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbus_fast import Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """For calls of `member` below `path`: an error (name, text), another answer (signature, body), a delay in seconds,
    or no answer at all (`hang`).

    `times` None: until mended. A delay alone gives the method's own answer, later. The call has no effect where an
    error or another answer takes its place.
    """

    member: str
    path: str = "/"
    error: tuple[str, str] | None = None
    answer: tuple[str, list[Any]] | None = None
    delay: float = 0.0
    hang: bool = False
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distortion:
    """Whenever objects whose path ends like this tell the property, they tell this value; None: they leave it out."""

    path: str
    interface: str
    name: str
    value: Variant | None


class Faults:
    """The faults in force; the one injected last wins."""

    def __init__(self) -> None:
        self._left: list[tuple[Fault, int | None]] = []

    def inject(self, fault: Fault) -> None:
        self._left.append((fault, fault.times))

    def mend(self) -> None:
        self._left.clear()

    def take(self, member: str, path: str) -> Fault | None:
        """The fault that this call meets, counted as used."""
        for index in range(len(self._left) - 1, -1, -1):
            fault, left = self._left[index]
            if fault.member == member and path.startswith(fault.path):
                if left == 1:
                    del self._left[index]
                elif left is not None:
                    self._left[index] = fault, left - 1
                return fault
        return None
