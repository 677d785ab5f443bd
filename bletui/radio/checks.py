"""What a well-shaped request may hold: refused here, wherever it came from, before it reaches a backend."""

from __future__ import annotations

import math

from bletui.model import OpId, Read, Request, Subscribe, Write
from bletui.radio.runner import owner_of
from bletui.target import invalid
from bletui.text import is_clean

TIME_MAX = 86_400.0  # seconds
TEXT_MAX = 128  # characters of an address, a lane, a name
_VALUE_MAX = 512  # bytes (Core, Vol 3 Part F, 3.2.9)
_PRIORITY_MAX = 100


def operation(op: OpId, owner: str) -> None:
    """`request.invalid` for an operation under another owner's name."""
    if owner_of(op) != owner or not 0 <= op.n < 2**63 or len(op.owner) > TEXT_MAX:
        raise invalid(f"operations of this seat are called {owner}/… and have a number")


def perform(request: Request, limit: float, deadline: float | None, priority: int) -> None:
    """`request.invalid`. Times: seconds."""
    if not 0 < limit <= TIME_MAX:
        raise invalid(f"a limit of {limit:g} s is not within 0 to {TIME_MAX:,.0f}")
    if deadline is not None and not 0 <= deadline <= TIME_MAX:
        raise invalid(f"a deadline of {deadline:g} s is not within 0 to {TIME_MAX:,.0f}")
    if abs(priority) > _PRIORITY_MAX:
        raise invalid(f"a priority is within -{_PRIORITY_MAX} to {_PRIORITY_MAX}")
    for text in (request.address, request.lane or ""):
        if len(text) > TEXT_MAX or not is_clean(text):
            raise invalid("an address or a lane is too long or not printable")
    if isinstance(request, Read | Write | Subscribe) and not 1 <= request.handle <= 0xFFFF:
        raise invalid(f"{request.handle} is no attribute handle (Core, Vol 3 Part F, 3.2.2)")
    if isinstance(request, Write) and len(request.value) > _VALUE_MAX:
        raise invalid(f"a value has {_VALUE_MAX} bytes at most")


def history(since: float) -> None:
    if not math.isfinite(since):
        raise invalid("`since` is no time")
