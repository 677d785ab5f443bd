"""What the rows of Connections say: values in, words out."""

from __future__ import annotations

from typing import Any

import pytest

from bletui.console.glyphs import UNICODE
from bletui.console.links import FAILED_MAX, age, operations, ordinal, rows
from bletui.console.spans import words
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Connect,
    Event,
    Lane,
    LaneChanged,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    OpState,
    Peer,
    Read,
)
from bletui.session import Joined
from bletui.target import parse
from tests.console.stage import LANE, NOW

FAILED = Failure(kind=ErrorKind.LINK_CONNECT_FAILED)
DEVICE = "C0:00:00:00:00:01"


def operation(n: int, state: OpState, address: str = DEVICE, **more: Any) -> OperationChanged:
    fields: dict[str, Any] = {"limit": 20.0, "started": NOW + n, **more}
    if state == "failed":
        fields["failure"] = FAILED
    return OperationChanged(NOW + n, Operation(id=OpId("me", n), request=Connect(address), state=state, **fields))


def said(*events: Event, now: float = NOW) -> list[str]:
    joined = Joined("tiny", parse("tiny:"))
    joined.note(events)
    return [words(row.line) for row in rows([joined], now, 80, UNICODE)]


def ids(*events: OperationChanged) -> list[int]:
    joined = Joined("tiny", parse("tiny:"))
    joined.note(events)
    return [one.operation.id.n for one in operations(joined.state)]


def test_a_failure_stands_until_the_device_is_asked_for_again() -> None:
    assert ids(operation(1, "failed")) == [1]
    assert ids(operation(1, "failed"), operation(2, "waiting")) == [2]
    assert ids(operation(1, "failed"), operation(2, "done")) == []
    assert ids(operation(1, "cancelled")) == []


def test_only_the_newest_failures_are_kept() -> None:
    many = [operation(n, "failed", f"C0:00:00:00:00:{n:02X}") for n in range(FAILED_MAX + 5)]
    assert ids(*many) == list(range(5, FAILED_MAX + 5))


def test_a_failed_read_is_no_business_of_this_screen() -> None:
    read = Operation(
        id=OpId("me", 1), request=Read(DEVICE, handle=3), state="failed", started=NOW, limit=20.0, failure=FAILED
    )
    assert ids(OperationChanged(NOW, read)) == []


@pytest.mark.parametrize(
    ("state", "more", "expected"),
    [
        ("waiting", {"place": 3}, "waits, 3rd"),
        ("running", {"phase": "connecting", "attempt": 1}, "connecting 4.0 of 20 s"),
        ("running", {"phase": "connecting", "attempt": 2, "of": 4}, "connecting 4.0 of 20 s, attempt 2 of 4"),
        ("retrying", {"attempt": 1, "of": 4, "retry_at": NOW + 9}, "again in 4 s, attempt 1 of 4"),
        ("retrying", {"attempt": 1, "phase": "looking"}, "again when it is heard, attempt 1"),
        ("cancelling", {"attempt": 1}, "cancelling"),
    ],
)
def test_how_far_an_operation_is(state: OpState, more: dict[str, Any], expected: str) -> None:
    lane = LaneChanged(NOW, Lane(LANE, "hci0"))
    shown = said(lane, operation(1, state, lane=LANE, **more), now=NOW + 5)
    assert shown[-1] == f"   {DEVICE}  connect    {expected}"


def test_a_lane_says_its_slots_and_why_it_connects_nothing() -> None:
    lane = Lane(LANE, "hci\x1b[2J", slots_used=2, slots_max=7, cannot={"connect": "not built\x07"})
    line = said(LaneChanged(NOW, lane))[-1]
    assert "2/7 slots" in line
    assert "no connections: not built" in line
    assert line.isprintable()
    assert "slots not known" in said(LaneChanged(NOW, Lane(LANE, "hci0")))[-1]


def test_numbers_in_words() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
    assert [age(s) for s in (-1, 0, 99, 100, 5999, 6000, 86400)] == [
        "0 s",
        "0 s",
        "99 s",
        "2 m",
        "100 m",
        "2 h",
        "24 h",
    ]


def test_a_link_is_as_old_as_its_coming_up_and_has_its_name_where_there_is_room() -> None:
    joined = Joined("tiny", parse("tiny:"))
    link = LinkChanged(NOW + 50, Peer(LANE, DEVICE), "up", mtu=247, bonded=True, since=NOW)
    joined.note([LaneChanged(NOW, Lane(LANE, "hci0")), link])

    def last(size: int) -> str:
        shown = rows([joined], NOW + 60, size, UNICODE, name_of=lambda address: "Thermo")
        return words(list(shown)[-1].line)

    head = f"   {DEVICE}  up 60 s     mtu 247  bonded"
    assert last(80) == f"{head:<73}Thermo "
    assert last(50) == head
