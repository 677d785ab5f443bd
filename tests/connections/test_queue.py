from __future__ import annotations

import pytest

from bletui.connections import Call, CancelCall, ConnectionQueue, Release
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Disconnect, Lane, Pair, Peer, Read
from tests.connections.asking import BROKEN, BUSY, FINAL, UNSEEN, A, B, C, ask, op, policy, queue, started, told


def test_one_connect_per_lane_the_others_wait_in_places() -> None:
    q = queue()
    for n, address in enumerate((A, B, C), 1):
        ask(q, n, Connect(address))
    assert q.advance(0.0) == [Call(op(1), Connect(A), "a", 20.0)]
    now = told(q)
    assert [(o.state, o.place) for o in now.values()] == [("running", 0), ("waiting", 1), ("waiting", 2)]
    assert q.ended(op(1), 1.0, Peer("a", A)) == []
    assert started(q.advance(1.0)) == [2]
    now = told(q)
    assert (now[1].state, now[1].result, now[2].state, now[3].place) == ("done", Peer("a", A), "running", 1)
    assert told(q) == {}


def test_lanes_work_side_by_side() -> None:
    q = queue(Lane("a"), Lane("b"))
    for n, address in enumerate((A, B, C), 1):
        ask(q, n, Connect(address))
    assert started(q.advance(0.0)) == [1, 2]


def test_one_call_per_device_in_the_order_of_asking() -> None:
    q = queue()
    q.link_changed(Peer("a", A), up=True)
    q.link_changed(Peer("a", B), up=True)
    ask(q, 1, Read(A, handle=3))
    ask(q, 2, Read(A, handle=5))
    ask(q, 3, Read(B, handle=3))
    assert started(q.advance(0.0)) == [1, 3]
    q.ended(op(1), 1.0, b"x")
    assert started(q.advance(1.0)) == [2]


def test_a_read_waits_for_the_connect_before_it_and_disconnect_for_nobody() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    ask(q, 2, Read(A, handle=3))
    ask(q, 3, Disconnect(B))
    assert started(q.advance(0.0)) == [1, 3]
    q.link_changed(Peer("a", A), up=True)
    q.ended(op(1), 1.0, Peer("a", A))
    assert q.advance(1.0) == [Call(op(2), Read(A, handle=3), "a", 20.0)]


def test_a_failure_is_repeated_as_the_policy_says_and_ends_at_its_cap() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    at = 0.0
    for tries in (1, 2):
        assert started(q.advance(at)) == [1]
        q.ended(op(1), at, BROKEN)
        retrying = told(q)[1]
        assert (retrying.state, retrying.attempt, retrying.of) == ("retrying", tries, 3)
        assert retrying.retry_at == q.wake_at() == at + 0.5 * tries
        assert started(q.advance(at + 0.1)) == []
        at += 0.5 * tries
    assert started(q.advance(at)) == [1]
    q.ended(op(1), at, BROKEN)
    assert told(q)[1].state == "failed"
    assert q.wake_at() is None


def test_kinds_count_apart() -> None:
    """A busy chip must not use up the attempts that a weak link has."""
    q = queue()
    ask(q, 1, Connect(A))
    at = 0.0
    for failure in (BUSY, BROKEN, BUSY, BROKEN, BUSY):
        assert started(q.advance(at)) == [1]
        q.ended(op(1), at, failure)
        assert told(q)[1].state == "retrying"
        at += 10
    q.advance(at)
    q.ended(op(1), at, BROKEN)
    assert (final := told(q)[1]).state == "failed"
    assert final.failure == BROKEN


def test_a_retry_lets_the_lane_go() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    ask(q, 2, Connect(B))
    q.advance(0.0)
    q.ended(op(1), 0.0, BROKEN)
    assert started(q.advance(0.0)) == [2]
    assert started(q.advance(5.0)) == []
    q.ended(op(2), 6.0, Peer("a", B))
    assert started(q.advance(6.0)) == [1]


def test_what_must_be_heard_first_is_looked_for() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    q.advance(0.0)
    q.ended(op(1), 0.0, UNSEEN)
    assert told(q)[1].phase == "looking"
    assert q.looking() == {A}
    assert started(q.advance(1e6)) == []
    q.heard(B)
    q.heard(A)
    assert q.looking() == frozenset()
    assert started(q.advance(1e6)) == [1]


def test_retry_now_does_not_wait() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    q.advance(0.0)
    q.ended(op(1), 0.0, BROKEN)
    q.retry_now(op(1))
    assert started(q.advance(0.0)) == [1]


def test_cancelling_what_waits_is_at_once() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    ask(q, 2, Connect(B))
    q.advance(0.0)
    assert q.cancel(op(2)) == []
    cancelled = told(q)[2]
    assert cancelled.state == "cancelled"
    assert cancelled.failure is not None
    assert cancelled.failure.kind is ErrorKind.OP_CANCELLED
    assert q.cancel(op(99)) == []


def test_the_lane_stays_taken_until_a_cancelled_call_has_ended_and_a_late_link_is_released() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    ask(q, 2, Connect(B))
    q.advance(0.0)
    assert q.cancel(op(1)) == [CancelCall(op(1))]
    assert q.cancel(op(1)) == []
    assert told(q)[1].state == "cancelling"
    assert started(q.advance(1.0)) == []
    assert q.ended(op(1), 2.0, Peer("a", A)) == [Release(Peer("a", A))]
    assert told(q)[1].state == "cancelled"
    assert started(q.advance(2.0)) == [2]


def test_priority_and_promotion() -> None:
    q = queue()
    for n, address in enumerate((A, B, C, "DD:00:00:00:00:04"), 1):
        ask(q, n, Connect(address), priority=1 if n == 3 else 0)
    q.promote(op(4))
    order = []
    for _ in range(4):
        (step,) = q.advance(0.0)
        assert isinstance(step, Call)
        order.append(step.id.n)
        q.ended(step.id, 0.0, FINAL)
    assert order == [4, 3, 1, 2]


def test_a_paused_lane_starts_nothing_new() -> None:
    q = queue()
    q.pause("a")
    ask(q, 1, Connect(A))
    assert q.advance(0.0) == []
    q.resume("a")
    assert started(q.advance(0.0)) == [1]


def test_a_deadline_ends_what_still_waits_with_the_last_failure_and_shortens_the_last_attempt() -> None:
    q = queue()
    ask(q, 1, Connect(A), deadline=10.0)
    ask(q, 2, Connect(B), deadline=10.0)
    (call,) = q.advance(4.0)
    assert isinstance(call, Call)
    assert call.within == 6.0
    q.ended(op(1), 9.8, BROKEN)
    assert q.wake_at() == 10.0
    assert q.advance(10.0) == []
    ended = told(q)
    assert (ended[1].state, ended[1].failure) == ("failed", BROKEN)
    assert ended[2].failure is not None
    assert ended[2].failure.kind is ErrorKind.LINK_CONNECT_TIMEOUT


def test_what_no_lane_can_do_fails_with_the_lanes_reason_instead_of_waiting() -> None:
    q = queue(Lane("a", cannot={"connect": "pure scan mode"}), Lane("b", cannot={"connect": "no chip"}))
    ask(q, 1, Connect(A))
    ask(q, 2, Connect(B, "b"))
    q.advance(0.0)
    failures = [operation.failure for operation in told(q).values()]
    assert [f.detail for f in failures if f] == ["pure scan mode", "no chip"]
    assert {f.kind for f in failures if f} == {ErrorKind.OP_UNSUPPORTED}


def test_work_bound_to_a_lane_that_went_waits_and_the_rest_moves() -> None:
    q = queue(Lane("a"), Lane("b"))
    ask(q, 1, Connect(A, "a"))
    ask(q, 2, Connect(B))
    q.lane_down("a")
    assert started(q.advance(0.0)) == [2]
    q.lane_changed(Lane("a"))
    assert started(q.advance(0.0)) == [1]


def test_where_the_far_side_chooses_the_lane_nobody_waits_for_one() -> None:
    q = ConnectionQueue(policy, lambda address, lane: None, chooses_lane=True)
    ask(q, 1, Connect(A))
    assert q.advance(0.0) == [Call(op(1), Connect(A), None, 20.0)]


def test_an_id_is_used_once() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    with pytest.raises(ValueError, match="in the queue already"):
        ask(q, 1, Connect(B))


def test_a_pairing_is_made_where_the_link_is_and_needs_no_slot() -> None:
    q = queue(Lane("a", slots_used=0, slots_max=3), Lane("b", slots_used=1, slots_max=1))
    q.link_changed(Peer("b", A), up=True)
    ask(q, 1, Pair(A))
    assert q.advance(0.0) == [Call(op(1), Pair(A), "b", 20.0)]


@pytest.mark.parametrize("failure", [BROKEN, BUSY])  # of the link, and of anything else
@pytest.mark.parametrize(("up", "state"), [(True, "retrying"), (False, "failed")])
def test_a_call_over_a_link_is_repeated_only_while_the_link_is_there(up: bool, state: str, failure: Failure) -> None:
    q = queue()
    q.link_changed(Peer("a", A), up=True)
    ask(q, 1, Read(A, handle=3))
    q.advance(0.0)
    q.link_changed(Peer("a", A), up=up)
    q.ended(op(1), 1.0, failure)
    assert told(q)[1].state == state
    assert told(q) == {}
