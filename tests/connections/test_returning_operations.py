"""Operations that bring a link back wait for their lane and stand in nobody's way."""

from __future__ import annotations

from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Lane, Pair, Peer, Read
from tests.connections.asking import BROKEN, A, B, ask, op, queue, started, told

GONE = Failure(kind=ErrorKind.ADAPTER_MISSING, message="bluetoothd was restarted")


def test_it_waits_for_its_lane_says_why_and_connects_when_that_is_back() -> None:
    q = queue(Lane("a"), Lane("b"))
    q.lane_down("a")
    ask(q, 1, Connect(A, "a"), lost=GONE, deadline=600.0)
    assert q.advance(0.0) == []
    waiting = told(q)[1]
    assert (waiting.state, waiting.lane, waiting.failure) == ("waiting", "a", GONE)
    q.lane_changed(Lane("a", usable=Failure(kind=ErrorKind.ADAPTER_OFF)))
    assert q.advance(5.0) == []
    q.lane_changed(Lane("a"))
    assert started(q.advance(6.0)) == [1]
    q.ended(op(1), 7.0, Peer("a", A))
    assert (told(q)[1].state, q.wake_at()) == ("done", None)


def test_a_lane_that_stays_away_ends_it_with_what_took_the_link() -> None:
    q = queue()
    q.lane_down("a")
    ask(q, 1, Connect(A, "a"), lost=GONE, deadline=600.0)
    q.advance(0.0)
    assert q.wake_at() == 600.0
    assert q.advance(599.0) == []
    assert q.advance(600.0) == []
    assert (told(q)[1].state, told(q)) == ("failed", {})


def test_requests_for_its_device_pass_it_while_it_waits_and_stay_behind_it_while_it_runs() -> None:
    q = queue(Lane("a"), Lane("b"))
    q.lane_down("a")
    ask(q, 1, Connect(A, "a"), lost=GONE)
    ask(q, 2, Read(A, handle=3))
    assert started(q.advance(0.0)) == [2]
    ask(q, 3, Connect(B, "a"))
    q.lane_changed(Lane("a"))
    assert started(q.advance(1.0)) == [3], "one call per device: the read still runs"
    q.ended(op(2), 2.0, Failure(kind=ErrorKind.LINK_NOT_CONNECTED))
    q.ended(op(3), 2.0, Peer("a", B))
    assert started(q.advance(2.0)) == [1]
    ask(q, 4, Read(A, handle=3))
    assert q.advance(3.0) == []
    q.link_changed(Peer("a", A), up=True)
    q.ended(op(1), 4.0, Peer("a", A))
    assert started(q.advance(4.0)) == [4]


def test_one_that_waits_for_its_next_attempt_is_passed_too() -> None:
    q = queue()
    ask(q, 1, Connect(A, "a"), lost=GONE)
    assert started(q.advance(0.0)) == [1]
    q.ended(op(1), 1.0, BROKEN)
    ask(q, 2, Pair(A))
    assert started(q.advance(1.0)) == [2]


def test_it_is_cancelled_like_any_other() -> None:
    q = queue()
    q.lane_down("a")
    ask(q, 1, Connect(A, "a"), lost=GONE)
    q.advance(0.0)
    assert q.cancel(op(1)) == []
    ended = told(q)[1]
    assert (ended.state, ended.failure and ended.failure.kind) == ("cancelled", ErrorKind.OP_CANCELLED)


def test_an_operation_with_a_policy_of_its_own_goes_by_that() -> None:
    q = queue()
    ask(q, 1, Connect(A), policy=lambda _failure, _request, _tries: None)
    q.advance(0.0)
    q.ended(op(1), 1.0, BROKEN)
    assert [(o.state, o.attempt) for o in told(q).values()] == [("failed", 1)]
