from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind
from bletui.model import Advertisement, Batch, Event, Lane, LaneChanged, Notification, Shed
from bletui.radio.seat import Seat
from tests import values

pytestmark = pytest.mark.in_process("a seat is a queue in one process")


async def drained(seat: Seat) -> list[Batch]:
    seat.close()
    return [batch async for batch in seat.events()]


def droppable(event: Event) -> bool:
    return isinstance(event, Advertisement | Notification)


def offered(events: list[Event], size: int, seat: Seat) -> None:
    for start in range(0, len(events), size):
        seat.offer(Batch(start + 1, tuple(events[start : start + size])))


@given(st.lists(values.events, max_size=60), st.integers(1, 9), st.integers(2, 12))
def test_what_is_dropped_is_counted_and_nothing_else_is_lost(events: list[Event], size: int, limit: int) -> None:
    async def story() -> list[Batch]:
        seat = Seat(droppable_max=limit)
        offered(events, size, seat)
        return await drained(seat)

    batches = asyncio.run(story())
    told = [event for batch in batches for event in batch.events]
    # Sheds of advertisements in `events` may be summed with the seat's own, so counts are compared, not events.
    kept = [event for event in events if not droppable(event) and not _of_a_seat(event)]
    assert [event for event in told if not droppable(event) and not _of_a_seat(event)] == kept
    delivered = sum(map(droppable, told))
    shed = sum(event.count for event in told if isinstance(event, Shed) and _of_a_seat(event))
    said_before = sum(event.count for event in events if isinstance(event, Shed) and _of_a_seat(event))
    assert delivered + shed - said_before == sum(map(droppable, events))
    assert delivered <= max(limit, size)


def _of_a_seat(event: Event) -> bool:
    return isinstance(event, Shed) and event.what in ("advertisements", "notifications")


@given(st.lists(values.advertisements | values.states, max_size=60), st.integers(1, 9), st.integers(2, 12))
def test_numbers_stay_true_and_grow(events: list[Event], size: int, limit: int) -> None:
    async def story() -> list[Batch]:
        seat = Seat(droppable_max=limit)
        offered(events, size, seat)
        return await drained(seat)

    last = 0
    for batch in asyncio.run(story()):
        assert batch.seq > last
        for seq, event in enumerate(batch.events, batch.seq):
            if not _of_a_seat(event):
                assert events[seq - 1] == event
        last = batch.seq + len(batch.events) - 1


def heard(n: int) -> Advertisement:
    return Advertisement(float(n), "a", "A4:C1:38:0B:7F:2A", None, -60)


async def test_a_stalled_reader_costs_bounded_memory() -> None:
    seat = Seat(droppable_max=100)
    for n in range(20_000):
        seat.offer(Batch(n + 1, (heard(n),)))
        assert len(seat._batches) <= 102
    batches = await drained(seat)
    assert sum(isinstance(event, Advertisement) for batch in batches for event in batch.events) <= 100
    sheds = [event for batch in batches for event in batch.events if isinstance(event, Shed)]
    assert len(sheds) == 1
    assert isinstance(batches[-1].events[-1], Advertisement)
    assert batches[-1].events[-1].at == 19_999.0


async def test_a_seat_that_only_collects_state_is_given_up_with_its_reason() -> None:
    seat = Seat(kept_max=10)
    for n in range(20):
        seat.offer(Batch(n + 1, (LaneChanged(0.0, Lane("a")),)))
    with pytest.raises(BleError) as lost:
        await drained(seat)
    assert lost.value.failure.kind is ErrorKind.BUSY_CAPACITY


async def test_a_waiting_reader_wakes_up() -> None:
    seat = Seat()
    got: list[Batch] = []

    async def read() -> None:
        async for batch in seat.events():
            got.append(batch)

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        await asyncio.sleep(0)
        seat.offer(Batch(1, (heard(1),)))
        await asyncio.sleep(0)
        assert [batch.seq for batch in got] == [1]
        seat.close()
