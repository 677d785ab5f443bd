"""What waits for a client: bounded, in order, and every loss counted and told."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api.outbox import SENT_AT_ONCE, Outbox


async def drained(outbox: Outbox) -> list[bytes]:
    taken = []
    while outbox.waiting:
        taken.append(await outbox.take())
    return taken


async def test_chunks_go_together_in_their_order() -> None:
    outbox = Outbox("advertisements")
    outbox.put(b"a", 1)
    outbox.put(b"b", 1)
    assert await outbox.take() == b"ab"


async def test_a_take_is_bounded() -> None:
    outbox = Outbox("advertisements")
    for _ in range(5):
        outbox.put(bytes(SENT_AT_ONCE // 2), 1)
    assert [len(taken) for taken in await drained(outbox)] == [SENT_AT_ONCE, SENT_AT_ONCE, SENT_AT_ONCE // 2]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 40))
def test_nothing_is_lost_uncounted(sizes: list[int], room: int) -> None:
    async def story() -> None:
        outbox = Outbox("things", waiting_max=room)
        for size in sizes:
            outbox.put(b"x" * size, 1)
            assert outbox.waiting <= max(room, size)
        text = b"".join(await drained(outbox))
        told, _, rest = text.rpartition(b"\n\n")
        assert told == (f":shed {outbox.shed} things".encode() if outbox.shed else b"")
        assert len(rest) == sum(sizes[outbox.shed :])

    asyncio.run(story())


async def test_what_must_not_be_lost_ends_the_stream_instead() -> None:
    outbox = Outbox(None, waiting_max=3)
    outbox.put(b"abc", 1)
    outbox.put(b"d", 1)
    assert await outbox.take() == b""


async def test_a_beat_is_for_those_who_have_nothing_else() -> None:
    outbox = Outbox("advertisements")
    outbox.put(b"a", 1)
    outbox.beat(b":keep-alive\n\n")
    assert await outbox.take() == b"a"
    outbox.beat(b":keep-alive\n\n")
    outbox.beat(b":keep-alive\n\n")
    assert await outbox.take() == b":keep-alive\n\n"


async def test_closing_wakes_who_waits_and_drops_the_rest() -> None:
    outbox = Outbox("advertisements")
    async with asyncio.TaskGroup() as tasks:
        taking = tasks.create_task(outbox.take())
        await asyncio.sleep(0)
        outbox.close()
    assert taking.result() == b""
    outbox.put(b"late", 1)
    assert outbox.waiting == 0
    assert await outbox.take() == b""


async def test_what_is_not_counted_stays_while_what_is_counted_goes() -> None:
    outbox = Outbox("events", waiting_max=6)
    for chunk, events in ((b"aa", 2), (b"L1", 0), (b"bb", 1), (b"L2", 0), (b"cc", 3)):
        outbox.put(chunk, events)
    assert await outbox.take() == b":shed 3 events\n\nL1L2cc"
    assert outbox.shed == 3


async def test_too_much_that_must_not_be_lost_ends_the_stream() -> None:
    outbox = Outbox("events", waiting_max=5)
    for chunk in (b"L1", b"L2", b"L3"):
        outbox.put(chunk, 0)
    outbox.put(b"a", 1)
    assert await outbox.take() == b""


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), max_size=40), st.integers(10, 40))
def test_whatever_comes_what_waits_is_bounded_and_what_must_stay_stays(puts: list[tuple[int, int]], most: int) -> None:
    async def check() -> None:
        outbox = Outbox("events", waiting_max=most)
        for number, (size, events) in enumerate(puts):
            outbox.put(b"%c" % (65 + number % 26) * size, events)
            assert outbox.waiting <= most
        if not puts:
            return
        taken = await outbox.take()
        if taken:
            text = taken.partition(b"\n\n")[2] if taken.startswith(b":") else taken
            kept = b"".join(b"%c" % (65 + n % 26) * size for n, (size, events) in enumerate(puts) if not events)
            left = iter(text)
            assert all(byte in left for byte in kept)  # in order

    asyncio.run(check())
