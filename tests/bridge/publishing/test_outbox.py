"""Bounded, in order, nothing lost without being counted."""

from __future__ import annotations

import asyncio
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.publishing.messages import Message, Sort
from bletui.bridge.publishing.outbox import Outbox


def of(sort: Sort, name: object, size: int = 10) -> Message:
    return Message(sort, f"r/{sort.level}/{name}", b"x" * size)


def taken(outbox: Outbox) -> list[Message]:
    """All that waits."""

    async def take() -> list[Message]:
        return [await outbox.next() for _ in range(len(outbox))]

    return asyncio.run(take())


def test_lanes_then_events_in_order_then_devices() -> None:
    outbox = Outbox()
    put = [of(Sort.DEVICE, 1), of(Sort.LINK, 1), of(Sort.LANE, 1), of(Sort.FAILURE, 1), of(Sort.LINK, 1)]
    for one in put:
        outbox.put(one)
    assert taken(outbox) == [put[2], put[1], put[3], put[4], put[0]]
    assert outbox.shed == {}


def test_of_a_device_and_of_a_lane_the_newest_waits() -> None:
    outbox = Outbox()
    for size in (1, 2, 3):
        outbox.put(of(Sort.DEVICE, "a", size))
        outbox.put(of(Sort.DEVICE, "b", size))
        outbox.put(of(Sort.LANE, "l", size))
    assert taken(outbox) == [of(Sort.LANE, "l", 3), of(Sort.DEVICE, "a", 3), of(Sort.DEVICE, "b", 3)]
    assert outbox.take_untold() == {Sort.DEVICE: 4}
    assert outbox.take_untold() == {}


def test_devices_push_out_no_event_and_the_oldest_goes_first() -> None:
    outbox = Outbox(devices_max=200, events_max=200)
    for number in range(100):
        outbox.put(of(Sort.DEVICE, number))
        outbox.put(of(Sort.LINK, number))
    left = taken(outbox)
    links, devices = [one for one in left if one.sort is Sort.LINK], [one for one in left if one.sort is Sort.DEVICE]
    assert links == [of(Sort.LINK, number) for number in range(100 - len(links), 100)]
    assert devices == [of(Sort.DEVICE, number) for number in range(100 - len(devices), 100)]
    assert outbox.shed == {Sort.DEVICE: 100 - len(devices), Sort.LINK: 100 - len(links)}
    assert 5 < len(links) < 15


def test_what_did_not_arrive_comes_first_and_a_newer_one_of_its_device_stays() -> None:
    outbox = Outbox()
    sent = [of(Sort.LINK, 1), of(Sort.DEVICE, "a"), of(Sort.LANE, "l"), of(Sort.FAILURE, 2), of(Sort.DEVICE, "b")]
    newer = [of(Sort.DEVICE, "a", 99), of(Sort.LANE, "l", 99), of(Sort.LINK, 3)]
    for one in newer:
        outbox.put(one)
    outbox.put_back(sent)
    assert taken(outbox) == [newer[1], sent[0], sent[3], newer[2], sent[4], newer[0]]
    assert outbox.shed == {Sort.DEVICE: 1}


SORTS = st.sampled_from([Sort.DEVICE, Sort.LINK, Sort.FAILURE, Sort.LANE])
MOVES = st.lists(
    st.tuples(st.just("put"), SORTS, st.integers(0, 5), st.integers(0, 80))
    | st.tuples(st.sampled_from(["take", "back"]), st.just(Sort.LINK), st.integers(0, 4), st.just(0)),
    max_size=80,
)


@given(MOVES)
def test_everything_is_taken_or_counted(moves: list[tuple[str, Sort, int, int]]) -> None:
    """Lanes excepted: an older state of a lane is nothing that anybody misses."""
    outbox = Outbox(devices_max=300, events_max=300)

    async def play() -> None:
        put: Counter[Sort] = Counter()
        arrived: Counter[Sort] = Counter()
        flying: list[Message] = []
        for move, sort, number, size in moves:
            match move:
                case "put":
                    put[sort] += 1
                    outbox.put(of(sort, number, size))
                case "take":
                    flying += [await outbox.next() for _ in range(min(number, len(outbox)))]
                case "back":
                    arrived.update(one.sort for one in flying[:number])
                    outbox.put_back(flying[number:])
                    flying = []
        flying += [await outbox.next() for _ in range(len(outbox))]
        arrived.update(one.sort for one in flying)
        for sort in (Sort.DEVICE, Sort.LINK, Sort.FAILURE):
            assert arrived[sort] + outbox.shed[sort] == put[sort]
        assert outbox.take_untold() == +outbox.shed

    asyncio.run(play())
