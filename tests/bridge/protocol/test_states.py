from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.bridge.protocol.states import PART_MAX, between, parts
from bletui.model import Advertisement, Batch, Event, Folding, OperationChanged, Snapshot, fold
from tests import values

AT = 9.0
batches = st.lists(st.lists(values.events, min_size=1, max_size=8), max_size=6)


def folded(told: list[list[Event]], start: Snapshot | None = None) -> Snapshot:
    folding = Folding(start)
    for events in told:
        folding.add(Batch(folding.seq + 1, tuple(events)))
    return folding.snapshot()


def read(told: list[Event] | tuple[Event, ...], start: Snapshot | None = None) -> Snapshot:
    return folded([list(told)] if told else [], start)


@settings(max_examples=50)
@given(batches)
def test_a_snapshots_parts_fold_to_it(told: list[list[Event]]) -> None:
    snapshot = folded(told)
    made = list(parts(snapshot, AT))
    assert [part.more for part in made] == [True] * (len(made) - 1) + [False]
    assert {part.batch.seq for part in made} == {snapshot.seq}
    folding = Folding()
    for part in made:
        folding.extend(part.batch.events)
    folding.seq = made[-1].batch.seq
    assert folding.snapshot() == snapshot


def test_a_large_snapshot_comes_in_parts() -> None:
    heard = [Advertisement(1.0, "a", f"{n:012X}", None, -1) for n in range(2 * PART_MAX + 1)]
    made = list(parts(read(tuple(heard)), AT))
    assert [len(part.batch.events) for part in made] == [PART_MAX, PART_MAX, 1]


@settings(max_examples=50)
@given(batches, batches)
def test_who_was_away_is_led_to_the_state_of_now(early: list[list[Event]], late: list[list[Event]]) -> None:
    before = folded(early)
    after = folded(late, before)
    led = fold(before, Batch(before.seq + 1, tuple(between(before, after, AT, same_run=True))))
    assert (led.lanes, led.links, led.trees) == (after.lanes, after.links, after.trees)
    assert (led.subscriptions, led.prompts, led.shed) == (after.subscriptions, after.prompts, after.shed)
    assert led.streams == after.streams
    assert led.heard == after.heard
    assert led.operations.items() >= after.operations.items()


@settings(max_examples=50)
@given(batches, batches)
def test_after_another_run_of_the_bridge_nothing_of_the_old_one_goes_on(
    old: list[list[Event]], new: list[list[Event]]
) -> None:
    before, after = folded(old), folded(new)
    led = fold(before, Batch(1, tuple(between(before, after, AT, same_run=False))))
    assert (led.lanes, led.links, led.trees) == (after.lanes, after.links, after.trees)
    assert (led.subscriptions, led.prompts) == (after.subscriptions, after.prompts)
    assert all(stream.state == "off" for key, stream in led.streams.items() if key not in after.streams)
    for id_, changed in led.operations.items():
        assert isinstance(changed, OperationChanged)
        if id_ not in after.operations and not before.operations[id_].operation.ended:
            assert changed.operation.failure is not None
            assert changed.operation.failure.outcome_unknown
