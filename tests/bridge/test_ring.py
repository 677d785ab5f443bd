from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.bridge.frames import Frame, frames
from bletui.bridge.protocol.codec import BridgeReader
from bletui.bridge.protocol.messages import Told
from bletui.bridge.ring import LOG_MAX, Ring
from bletui.model import Advertisement, Event, Lane, LaneChanged
from tests import values


def heard(at: float) -> Advertisement:
    return Advertisement(at, "a", "A4:C1:38:0B:7F:2A", None, -1)


def told(found: list[Frame]) -> list[Event]:
    batches = [one.batch for one in BridgeReader().feed(b"".join(f.data for f in found)) if isinstance(one, Told)]
    return [event for batch in batches for event in batch.events]


@settings(max_examples=25)
@given(st.lists(st.lists(values.states, min_size=1, max_size=4), max_size=10), st.integers(0, 40))
def test_after_a_number_comes_everything_behind_it_or_nothing(said: list[list[Event]], since: int) -> None:
    ring, seq, ends = Ring(minutes=1e9), 1, [0]
    for events in said:
        for frame in frames(seq, events):
            ring.add(frame)
        seq += len(events)
        ends.append(seq - 1)
    everything = [event for events in said for event in events]
    for end in ends:  # a client has read whole frames
        found = ring.after(end)
        if not everything and found is None:
            continue
        assert found is not None
        assert told(found) == everything[end:]
    assert ring.after(seq + since) in ([], None)


def test_it_is_bounded_by_minutes_and_by_bytes_and_says_when_it_does_not_reach_back() -> None:
    ring = Ring(minutes=1)
    for n in range(100):
        for frame in frames(n + 1, [heard(float(n))]):
            ring.add(frame)
    assert [frame.at for frame in ring.since(0.0)] == [float(n) for n in range(39, 100)]
    assert ring.after(39) is not None
    assert ring.after(38) is None
    small = Ring(bytes_max=1_000)
    for n in range(1_000):
        for frame in frames(n + 1, [heard(float(n))]):
            small.add(frame)
    assert sum(len(frame.data) for frame in small.since(0.0)) <= 1_000


def test_the_log_is_bounded_and_keeps_the_newest() -> None:
    ring = Ring(minutes=1e6)
    for n in range(1, LOG_MAX + 101):
        for frame in frames(n, [LaneChanged(float(n), Lane("a"))]):
            ring.add(frame)
    assert [frame.seq for frame in ring.log()] == list(range(101, LOG_MAX + 101))


def test_the_log_outlives_the_advertisements_around_it() -> None:
    ring = Ring(minutes=1)
    for n in range(500):
        event: Event = LaneChanged(float(n), Lane("a")) if n % 100 == 0 else heard(float(n))
        for frame in frames(n + 1, [event]):
            ring.add(frame)
    assert [frame.at for frame in ring.log()] == [0.0, 100.0, 200.0, 300.0, 400.0]
