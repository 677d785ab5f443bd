"""One step of the doctor's ladder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bletui.failure import Failure

RungState = Literal["ok", "warn", "fail", "skipped"]


@dataclass(frozen=True, slots=True)
class Rung:
    """`evidence` is what was measured or found (a value, milliseconds), or why the step did not run."""

    name: str
    state: RungState
    evidence: str
    failure: Failure | None = None
