"""What a run of the stories has to tell: where it ran, and each case with its kind and its seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = ("case", "ended in", "seconds", "")


SHOWN = 4


def _kinds(found: Sequence[str]) -> str:
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return ", ".join([*found[:SHOWN], *more]) or "-"


def table(cases: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], seconds: float) -> str:
    rows = [COLUMNS] + [(one["case"], _kinds(one["kinds"]), f"{one['seconds']:.2f}", one["outcome"]) for one in cases]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    failed = sum(one["outcome"] != "passed" for one in cases)
    where = f"Linux {facts.get('kernel', '?')} · BlueZ {facts.get('bluez', '?')} · Python {facts.get('python', '?')}"
    end = f"{len(cases)} cases, {failed} failed, {seconds:.0f} s with the machine's start"
    return "\n".join(["", where, *lines, end])
