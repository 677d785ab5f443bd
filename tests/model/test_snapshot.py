from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Batch,
    Event,
    Folding,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    Pair,
    Peer,
    Shed,
    Snapshot,
    TreeChanged,
    fold,
)
from bletui.model.gatt import GattTree
from bletui.model.snapshot import ENDED_MAX, HEARD_MAX, HEARD_SLACK
from tests import values


def numbered(events: list[Event], cut: int) -> list[Batch]:
    """The events as two batches with running numbers."""
    cut %= len(events) + 1
    parts = [(1, events[:cut]), (cut + 1, events[cut:])]
    return [Batch(seq, tuple(part)) for seq, part in parts if part]


@given(st.lists(values.events, max_size=30), st.integers(0, 30))
def test_folding_the_later_events_into_a_snapshot_equals_folding_all(events: list[Event], cut: int) -> None:
    whole = Folding()
    for batch in numbered(events, cut):
        whole.add(batch)
    stepwise = Snapshot()
    for event_number, event in enumerate(events, 1):
        stepwise = fold(stepwise, Batch(event_number, (event,)))
    assert stepwise == whole.snapshot()
    assert stepwise.seq == len(events)


@given(st.lists(values.events, min_size=1, max_size=10))
def test_fold_is_pure_and_a_snapshot_is_independent(events: list[Event]) -> None:
    folding = Folding()
    before = folding.snapshot()
    folding.add(Batch(1, tuple(events)))
    assert before == Snapshot()
    assert fold(before, Batch(1, tuple(events))) == folding.snapshot()
    assert before == Snapshot()


def test_a_link_that_is_down_takes_its_tree_along() -> None:
    peer = Peer("a", "b")
    events: tuple[Event, ...] = (LinkChanged(1.0, peer, "up"), TreeChanged(1.0, GattTree(peer)))
    now = fold(Snapshot(), Batch(1, events))
    assert set(now.trees) == set(now.links) == {peer}
    gone = fold(now, Batch(3, (LinkChanged(2.0, peer, "down", Failure(kind=ErrorKind.LINK_LOST)),)))
    assert not gone.trees
    assert not gone.links


def test_what_was_heard_is_bounded_per_lane_and_keeps_the_newest() -> None:
    folding = Folding()
    folding.extend(Advertisement(float(n), "a", f"{n}", None, None) for n in range(HEARD_MAX + 10))
    heard = folding.snapshot().heard["a"]
    assert len(heard) == HEARD_MAX
    assert "9" not in heard
    assert "10" in heard


def test_what_lanes_heard_at_once_is_kept_for_each() -> None:
    folding = Folding()
    folding.extend([Advertisement(1.0, lane, "x", None, rssi) for lane, rssi in (("a", -50), ("b", -60), ("a", -55))])
    heard = folding.snapshot().heard
    assert {lane: one["x"].rssi for lane, one in heard.items()} == {"a": -55, "b": -60}


def test_who_was_heard_again_is_not_among_the_oldest() -> None:
    folding = Folding()
    folding.extend(Advertisement(0.0, "a", address, None, None) for address in ("again", "once"))
    count = HEARD_MAX + HEARD_SLACK
    folding.extend(Advertisement(float(n), "a", f"{n}", None, None) for n in range(1, count - 1))
    folding.extend([Advertisement(1e6, "a", "again", None, None), Advertisement(1e6, "a", "new", None, None)])
    heard = folding.snapshot().heard["a"]
    assert len(heard) == HEARD_MAX
    assert "again" in heard
    assert "once" not in heard
    assert folding.last("a", "once") is None  # gone from what is kept too


def test_ended_operations_are_forgotten_running_ones_never() -> None:
    folding = Folding()
    for n in range(2 * ENDED_MAX):
        state = "running" if n % 2 else "done"
        operation = Operation(id=OpId("me", n), request=Pair("a"), state=state, started=0.0, limit=1.0)  # type: ignore[arg-type]
        folding.extend([OperationChanged(0.0, operation)])
    kept = [changed.operation.state for changed in folding.snapshot().operations.values()]
    assert kept.count("running") == ENDED_MAX
    assert kept.count("done") <= ENDED_MAX


def test_shed_counts_add_up() -> None:
    folding = Folding()
    folding.extend([Shed(0.0, "a", "advertisements", 3), Shed(1.0, "a", "advertisements", 4), Shed(1.0, None, "x", 1)])
    assert folding.snapshot().shed == {("a", "advertisements"): 7, (None, "x"): 1}
