"""What the log says of operations."""

from __future__ import annotations

from bletui.console.narration import log_line
from bletui.console.spans import words
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Operation, OperationChanged, OpId, Read
from bletui.session import Entry
from tests.console.stage import NOW

DEVICE = "C0:00:00:00:00:01"


def said(operation: Operation) -> str:
    return words(log_line(Entry("10.0.0.2", OperationChanged(NOW, operation)))).partition("10.0.0.2 ")[2]


def operation(**more: object) -> Operation:
    fields: dict[str, object] = {"request": Connect(DEVICE), "limit": 20.0, "started": NOW, **more}
    return Operation(id=OpId("me", 1), **fields)  # type: ignore[arg-type]


def test_an_attempt_that_moved_to_another_lane_says_from_where() -> None:
    moved = operation(state="running", phase="connecting", attempt=2, of=4, lane="10.0.0.2/1", moved_from="10.0.0.2/0")
    assert said(moved) == f"connect {DEVICE} on 1 (moved from 0) running connecting attempt 2 of 4"


def test_a_retry_says_why_and_an_end_says_where_the_time_went() -> None:
    failure = Failure(kind=ErrorKind.BUSY_CHIP)
    again = operation(state="retrying", attempt=1, lane="10.0.0.2/0", failure=failure)
    assert said(again).startswith(f"connect {DEVICE} on 0 retrying: E0601 busy.chip")
    done = operation(
        state="done", phase="connecting", attempt=1, lane="10.0.0.2/0", spent=(("queued", 1.5), ("connecting", 0.5))
    )
    assert said(done) == f"connect {DEVICE} on 0 done (queue 1.5 s, connect 0.5 s  = 2.0 s)"


def test_the_handle_is_named() -> None:
    assert said(operation(request=Read(DEVICE, handle=0x17), state="waiting")) == f"read {DEVICE} 0x0017 waiting"
