from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.bridge.frames import frames
from bletui.bridge.outbox import Outbox
from bletui.bridge.protocol.codec import BridgeReader, from_bridge
from bletui.bridge.protocol.messages import Reply, Told
from bletui.failure import ErrorKind
from bletui.model import Advertisement, Batch, Event, Lane, LaneChanged, Notification, Peer, Shed
from tests import values


def told(data: bytes) -> list[Batch]:
    return [message.batch for message in BridgeReader().feed(data) if isinstance(message, Told)]


def droppable(event: Event) -> bool:
    return isinstance(event, Advertisement | Notification)


plain = values.events.filter(lambda event: not isinstance(event, Shed))


@settings(max_examples=50)
@given(st.lists(st.lists(plain, min_size=1, max_size=6), max_size=12), st.integers(50, 2_000))
def test_what_is_dropped_is_counted_in_its_place_and_nothing_else_is_lost(said: list[list[Event]], room: int) -> None:
    outbox, seq = Outbox(droppable_max=room), 1
    for events in said:
        for frame in frames(seq, events):
            outbox.offer(frame)
        seq += len(events)
    everything = [event for events in said for event in events]
    data = b""
    while outbox:
        data += outbox.take(1)
    batches = told(data)
    last = 0
    for batch in batches:
        assert batch.seq > last
        last = batch.seq + len(batch.events) - 1
    arrived = [event for batch in batches for event in batch.events]
    state = [event for event in arrived if not droppable(event) and not isinstance(event, Shed)]
    assert state == [event for event in everything if not droppable(event)]
    lost = sum(event.count for event in arrived if isinstance(event, Shed))
    assert lost == outbox.shed
    assert sum(map(droppable, arrived)) + lost == sum(map(droppable, everything))
    assert outbox.waiting == 0


def test_neighbours_that_are_dropped_leave_one_gap_with_the_counts_of_all() -> None:
    outbox = Outbox(droppable_max=300)
    for n, lane in enumerate("aabaabb", 1):
        heard = Advertisement(float(n), lane, "A4:C1:38:0B:7F:2A", None, -1, raw=bytes(60))
        for frame in frames(n, [heard]):
            outbox.offer(frame)
    gap, *rest = told(outbox.take(10**6))
    lost = outbox.shed
    assert 2 < lost < 7
    assert (gap.seq, [batch.seq for batch in rest]) == (1, list(range(lost + 1, 8)))
    assert {shed.lane: shed.count for shed in gap.events if isinstance(shed, Shed)} == Counter("aabaabb"[:lost])
    assert {shed.at for shed in gap.events} == {float(lost)}


def test_advertisements_go_before_notifications() -> None:
    notes = [Notification(1.0, Peer("a", "X"), 3, bytes(20), None, n) for n in range(10)]
    heard = [Advertisement(1.0, "a", "A4:C1:38:0B:7F:2A", None, -1, raw=bytes(20))] * 10
    outbox = Outbox(droppable_max=900)
    everything: list[Event] = [*notes, *heard]
    for seq, event in enumerate(everything, 1):
        for frame in frames(seq, [event]):
            outbox.offer(frame)
    arrived = [event for batch in told(outbox.take(10**6)) for event in batch.events]
    assert [event for event in arrived if isinstance(event, Notification)] == notes
    assert any(isinstance(event, Shed) and event.what == "advertisements" for event in arrived)


def test_who_collects_only_state_is_given_up() -> None:
    outbox = Outbox(kept_max=500)
    for seq in range(1, 100):
        for frame in frames(seq, [LaneChanged(0.0, Lane("a"))]):
            outbox.offer(frame)
    assert outbox.lost is not None
    assert outbox.lost.kind is ErrorKind.BUSY_CAPACITY


def test_what_a_client_asked_for_does_not_count_against_it() -> None:
    outbox = Outbox(kept_max=500)
    outbox.put(from_bridge(Reply(1, bytes(2_000))), asked=True)
    assert outbox.lost is None
    assert outbox.waiting > 2_000
    outbox.take()
    assert outbox.waiting == 0
