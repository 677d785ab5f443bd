"""`bletui connect`, `disconnect` and `queue` at the simulated lab."""

from __future__ import annotations

import pytest

from bletui.cli.links import lane_line, link_line, queue_line
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Lane, LinkChanged, Operation, OpId, Peer
from tests.cli.lab import FAST, Do, address

HELD = address("someone else's")


def test_a_link_is_held_for_the_duration_and_released(do: Do) -> None:
    said = do("connect", FAST, address("thermometer"), "--duration", "0.3", "--json")
    assert said.code == 0
    assert [(one["state"], one["foreign"], one["mtu"]) for one in said.data] == [("up", False, 247)]


def test_retries_are_told_with_attempt_and_reason(do: Do) -> None:
    said = do("connect", FAST, address("every third"), "--duration", "0.1")
    assert said.code == 0
    assert said.err.count("E0203 link.connect-failed") == 2
    assert "attempt 3 of " in said.err
    assert "connected in " in said.err


def test_a_foreign_link_is_shown_and_ended_only_by_force(do: Do) -> None:
    shown = do("queue", FAST, "--json")
    links = [one for one in shown.data if one["schema"] == "bletui.link/1"]
    assert [(one["address"], one["foreign"]) for one in links] == [(HELD, True)]
    refused = do("disconnect", FAST, HELD, "--json")
    assert (refused.code, refused.told[-1]["kind"], refused.out) == (1, "link.not-ours", "")
    assert refused.told[-1]["detail"].endswith("by force (--force)")
    ended = do("disconnect", FAST, HELD, "--force", "--json")
    assert ended.code == 0
    assert [(one["lanes"], one["was_up"]) for one in ended.data] == [([links[0]["lane"]], True)]


def test_ending_a_link_that_is_not_there_is_success_and_says_so(do: Do) -> None:
    said = do("disconnect", FAST, address("thermometer"), "--lane", "hci0")
    assert (said.code, said.out) == (0, f"{address('thermometer')}: there was no link to it\n")


def test_the_queue_shows_lanes_and_slots(do: Do) -> None:
    said = do("queue", FAST)
    assert said.code == 0
    assert "sim:lab/hci0                  0 of 7 slots used, ready" in said.out
    assert "opened elsewhere" in said.out
    assert "router" not in do("queue", FAST, "--lane", "hci0").out


def test_long_lanes_are_columns_too() -> None:
    lanes = [Lane("desk.sim:lab/CC:1B:E0:00:00:01/0"), Lane("desk.sim:lab/hci0")]
    assert {lane_line(lane, 32).index("?") for lane in lanes} == {34}


@pytest.mark.parametrize("line", [lane_line(Lane("\x1b[2J", usable=Failure(kind=ErrorKind.ADAPTER_OFF)))])
def test_a_lane_that_can_not_be_used_says_why_and_nothing_acts_on_the_terminal(line: str) -> None:
    assert "\\x1b[2J" in line
    assert "? of ? slots used, E0102 adapter.off" in line


def test_lines_hold_what_is_known() -> None:
    peer = Peer("x/hci0", "A4:C1:38:0B:7F:2A")
    bare = link_line(LinkChanged(1.0, peer, "up"))
    assert bare.endswith("up")
    full = link_line(LinkChanged(1.0, peer, "up", None, 23, ("1M", "2M"), True, "AA:BB:CC:DD:EE:FF", True))
    assert "mtu 23, phy 1M/2M, bonded, opened elsewhere, identity AA:BB:CC:DD:EE:FF" in full
    assert link_line(LinkChanged(1.0, peer, "up", holders=("me", "\x1b"))).endswith("up  held by me, \\x1b")
    busy = Failure(kind=ErrorKind.BUSY_CHIP)
    asked = Operation(
        id=OpId("x", 1), request=Connect("A"), state="waiting", place=2, attempt=1, of=3, started=1.0, limit=9.0,
        failure=busy,
    )  # fmt: skip
    assert "connect A  waiting, queued  place 2  attempt 1 of 3  E0601 busy.chip" in queue_line(asked)


def test_a_paused_lane_says_so() -> None:
    assert lane_line(Lane("x/hci0", slots_used=1, slots_max=7, paused=True)).endswith("1 of 7 slots used, paused")
