"""A failure in which a rule of a guide holds; the same kind without evidence is what it is compared to."""

from __future__ import annotations

from typing import Any

from bletui.kinds import ErrorKind


def case(
    kind: ErrorKind, when: str, evidence: dict[str, str] | None = None, **fields: Any
) -> tuple[ErrorKind, str, dict[str, Any]]:
    return kind, when, {**fields, "evidence": tuple((evidence or {}).items())}
