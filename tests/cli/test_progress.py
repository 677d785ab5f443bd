from __future__ import annotations

from dataclasses import replace

import pytest

from bletui.cli.progress import words
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Discover, Operation, OpId, Read

ADDRESS, OTHER = "A4:C1:38:0B:7F:2A", "D0:CF:13:00:00:99"
BUSY = Failure(kind=ErrorKind.BUSY_CHIP)
ASKED = Operation(id=OpId("cli/1", 1), request=Connect(ADDRESS), state="waiting", place=1, started=10.0, limit=20.0)
RUNNING = Operation(
    id=OpId("x", 1), request=Connect(OTHER), state="running", lane="x/hci0", attempt=1, started=9.0, limit=20.0
)
THIRD = Operation(id=OpId("x", 2), request=Connect("\x1b[2J"), state="waiting", place=1, started=9.0, limit=20.0)
LANES = {"x/hci0": "hci0"}


@pytest.mark.parametrize(
    ("operation", "others", "told"),
    [
        (ASKED, [], ""),
        (ASKED, [ASKED], ""),
        (ASKED, [RUNNING], f"waits behind {OTHER}, 1st"),
        (replace(ASKED, lane="x/hci1"), [RUNNING], ""),
        (replace(ASKED, place=2), [RUNNING, THIRD], "waits behind \\x1b[2J, 2nd"),
        (replace(ASKED, place=12), [RUNNING], f"waits behind {OTHER}, 12th"),
        (replace(ASKED, state="running", lane="x/hci0", attempt=1), [], "connecting on hci0"),
        (replace(ASKED, state="running", phase="discovering", lane="x/hci0", attempt=2), [], ""),
        (replace(ASKED, state="running", attempt=2, of=4), [], "connecting, attempt 2 of 4"),
        (replace(ASKED, request=Read(ADDRESS, handle=3), state="running", attempt=1), [], ""),
        (replace(ASKED, request=Read(ADDRESS, handle=3), state="running", attempt=2), [], "again, attempt 2"),
        (replace(ASKED, request=Discover(ADDRESS), state="running", attempt=1), [], "discovering"),
        (replace(ASKED, state="cancelling"), [], "cancelling"),
        (replace(ASKED, state="done"), [], "connected in 2.0 s"),
        (replace(ASKED, state="failed", failure=BUSY), [], ""),
    ],
)
def test_each_state_in_words(operation: Operation, others: list[Operation], told: str) -> None:
    line = words(operation, others, LANES, 12.0)
    assert line.partition(": ")[2] == told
    assert not told or ADDRESS in line


@pytest.mark.parametrize(
    ("retry_at", "of", "told"),
    [
        (13.0, 3, "retry in 1.0 s (attempt 2 of 3): E0601 busy.chip"),
        (12.0, None, "retry at once (attempt 2): E0601 busy.chip"),
        (None, 2, "tried again when it is heard (attempt 2 of 2): E0601 busy.chip"),
    ],
)
def test_a_retry_says_when_and_why(retry_at: float | None, of: int | None, told: str) -> None:
    retrying = replace(ASKED, state="retrying", attempt=1, of=of, retry_at=retry_at, failure=BUSY)
    assert told in words(retrying, [], LANES, 12.0)
