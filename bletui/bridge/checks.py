"""What a well-shaped request may hold: refused here before it reaches a radio."""

from __future__ import annotations

import math

from bletui.bridge.protocol.messages import Hello, History, Perform
from bletui.model import Read, Request, Subscribe, Write
from bletui.target import invalid
from bletui.text import is_clean

TIME_MAX = 86_400.0  # seconds
_TEXT_MAX = 128  # characters of an address, a lane, a name
_VALUE_MAX = 512  # bytes (Core, Vol 3 Part F, 3.2.9)
_PRIORITY_MAX = 100


def hello(message: Hello) -> None:
    if not is_clean(message.program) or len(message.program) > _TEXT_MAX:
        raise invalid("the program's name is too long or not printable")
    if not 0 <= message.since < 2**63:
        raise invalid("`since` is not the number of an event")


def perform(asked: Perform, owner: str) -> None:
    """`request.invalid`, also for an operation under another owner's name."""
    if asked.op.owner.partition("/")[0] != owner or not 0 <= asked.op.n < 2**63 or len(asked.op.owner) > _TEXT_MAX:
        raise invalid(f"operations of this seat are called {owner}/… and have a number")
    if not 0 < asked.limit <= TIME_MAX:
        raise invalid(f"a limit of {asked.limit:g} s is not within 0 to {TIME_MAX:,.0f}")
    if asked.deadline is not None and not 0 <= asked.deadline <= TIME_MAX:
        raise invalid(f"a deadline of {asked.deadline:g} s is not within 0 to {TIME_MAX:,.0f}")
    if abs(asked.priority) > _PRIORITY_MAX:
        raise invalid(f"a priority is within -{_PRIORITY_MAX} to {_PRIORITY_MAX}")
    _request(asked.request)


def history(asked: History) -> None:
    if not math.isfinite(asked.since):
        raise invalid("`since` is no time")


def _request(request: Request) -> None:
    for text in (request.address, request.lane or ""):
        if len(text) > _TEXT_MAX or not is_clean(text):
            raise invalid("an address or a lane is too long or not printable")
    if isinstance(request, Read | Write | Subscribe) and not 1 <= request.handle <= 0xFFFF:
        raise invalid(f"{request.handle} is no attribute handle (Core, Vol 3 Part F, 3.2.2)")
    if isinstance(request, Write) and len(request.value) > _VALUE_MAX:
        raise invalid(f"a value has {_VALUE_MAX} bytes at most")
