"""The table of checks: each is one promise of the port, proven over a fresh backend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bletui.testing.contract import attributes, lifecycle, links, scanning
from bletui.testing.contract.subject import Subject


@dataclass(frozen=True, slots=True)
class Check:
    """`promise` in words; `needs` names fields of the subject without which it cannot be checked."""

    name: str
    promise: str
    needs: tuple[str, ...]
    run: Callable[[Subject], Awaitable[None]]

    def missing(self, subject: Subject) -> str | None:
        """Why this check can't run over `subject`; None if it can."""
        lacking = [field for field in self.needs if getattr(subject, field) is None]
        return f"the subject names no {' and no '.join(lacking)}" if lacking else None


def _checks() -> tuple[Check, ...]:
    found = []
    for module in (lifecycle, scanning, links, attributes):
        for function, needs in module.CHECKS.items():
            promise = (function.__doc__ or "").strip().rstrip(".")
            found.append(Check(function.__name__.replace("_", "-"), promise, needs, function))
    return tuple(found)


CHECKS = _checks()
