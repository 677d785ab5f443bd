"""Where an operation's time goes, as the queue tells it."""

from __future__ import annotations

from bletui.connections import ConnectionQueue
from bletui.model import Connect, Discover, Lane, Pair, Peer
from tests.connections.asking import BROKEN, UNSEEN, A, B, ask, op, policy, queue, told


def test_each_stage_has_its_seconds_while_it_lasts_and_after() -> None:
    q = queue()
    ask(q, 1, Connect(B))
    ask(q, 2, Connect(A), now=0.5)
    q.advance(0.5)
    told(q, 0.5)
    q.ended(op(1), 2.0, Peer("a", B))
    q.advance(2.0)
    now = told(q, 2.0)[2]
    assert (now.stage, now.spent, now.since) == ("connecting", (("queued", 1.5),), 2.0)
    q.phase(op(2), "discovering")
    assert told(q, 3.25)[2].spent == (("queued", 1.5), ("connecting", 1.25))
    q.ended(op(2), 4.0, Peer("a", A))
    over = told(q, 4.0)[2]
    assert (over.stage, over.spent) == (None, (("queued", 1.5), ("connecting", 1.25), ("discovering", 0.75)))


def test_the_waits_between_attempts_add_up_and_a_stage_without_time_is_not_listed() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    q.advance(0.0)
    for attempt, start in enumerate((0.0, 10.0), 1):
        told(q, start)
        q.ended(op(1), start + 1.0, BROKEN)
        assert told(q, start + 1.0)[1].stage == "backoff"
        q.advance(start + 1.0 + 0.5 * attempt)
        told(q, start + 1.0 + 0.5 * attempt)
    assert dict(told_spent(q)) == {"connecting": 1.0 + (10.0 - 1.5) + 1.0, "backoff": 0.5 + 1.0}


def told_spent(q: ConnectionQueue) -> tuple[tuple[str, float], ...]:
    q.ended(op(1), 12.0, Peer("a", A))
    return told(q, 12.0)[1].spent


def test_waiting_to_be_heard_is_a_stage_of_its_own() -> None:
    q = queue()
    ask(q, 1, Connect(A))
    q.advance(0.0)
    told(q)
    q.ended(op(1), 1.0, UNSEEN)
    assert told(q, 1.0)[1].stage == "looking"
    q.heard(A)
    assert told(q, 4.0)[1].spent == (("connecting", 1.0), ("looking", 3.0))


def test_pairing_and_discovering_are_called_so() -> None:
    q = queue()
    q.link_changed(Peer("a", A), up=True)
    q.link_changed(Peer("a", B), up=True)
    ask(q, 1, Pair(A))
    ask(q, 2, Discover(B))
    q.advance(0.0)
    assert {n: one.phase for n, one in told(q).items()} == {1: "pairing", 2: "discovering"}


def test_an_attempt_elsewhere_says_where_the_one_before_was() -> None:
    q = ConnectionQueue(policy, lambda address, lane: -60 if lane == "a" else -65)
    q.lane_changed(Lane("a"))
    q.lane_changed(Lane("b"))
    ask(q, 1, Connect(A))
    q.advance(0.0)
    assert told(q)[1].moved_from is None
    q.ended(op(1), 1.0, BROKEN)
    q.advance(2.0)
    moved = told(q)[1]
    assert (moved.lane, moved.moved_from) == ("b", "a")
