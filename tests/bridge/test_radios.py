"""Several radios as one, and radios that come and go while clients are there."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.bridge.radios import Radios
from bletui.failure import BleError, ErrorKind
from bletui.model import (
    Connect,
    Event,
    Folding,
    Lane,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Owner,
    Peer,
    Prompt,
    PromptClosed,
    Read,
    ScanRequest,
    Subscribe,
)
from bletui.radio import QueuedRadio
from tests.bridge.reattached import Told
from tests.bridge.running import bridge, remote
from tests.failing import failure_of
from tests.radio.playing import A, B
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

steps = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.booleans()), max_size=40)


@given(steps)
@settings(max_examples=60)
def test_prompts_of_several_radios_are_never_taken_for_one_another(said: list[tuple[int, int, bool]]) -> None:
    async def opened() -> Radios:
        return Radios([QueuedRadio(ScriptedBackend(), f"r{n}") for n in range(3)], Folding())

    radios = asyncio.run(opened())
    open_now: dict[tuple[int, int], int] = {}
    for key, inner, opens in said:
        peer = Peer("a", A)
        event: Event = Prompt(1.0, inner, peer, "confirm", 9.0) if opens else PromptClosed(1.0, inner, "gone")
        (told,) = radios.told(key, [event])
        assert isinstance(told, Prompt | PromptClosed)
        if (key, inner) in open_now:
            assert told.id == open_now[key, inner]
        elif opens:
            assert told.id not in open_now.values()
        if opens:
            open_now[key, inner] = told.id
        else:
            open_now.pop((key, inner), None)
        for its, number in open_now.items():
            assert radios.prompt(number) == its
        for number in set(range(6)) - set(open_now.values()):
            with suppress(BleError):
                assert radios.prompt(number) not in open_now


async def opened(lane: str) -> tuple[ScriptedBackend, QueuedRadio]:
    backend = ScriptedBackend(Lane(lane))
    radio = QueuedRadio(backend, lane)
    await radio.open()
    return backend, radio


async def test_a_radio_that_is_added_is_served_to_who_is_there_with_what_they_wish() -> None:
    _, first = await opened("a")
    backend, second = await opened("b")
    async with bridge(first) as (made, socket), asyncio.TaskGroup() as group:
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        told = Told(group, seat)
        await seat.scan(ScanRequest(active=True))
        await made.join(second)
        await told.until(lambda event: isinstance(event, LaneChanged) and event.lane.id == "b")
        assert backend.wishes == [ScanRequest(active=True)]
        assert (await seat.connect(B, lane="b")) == Peer("b", B)
        assert await seat.perform(Read(B, handle=3)) == b"\x03"
        backend.say(LinkChanged(5.0, Peer("b", B), "down"))
        await told.until(lambda event: isinstance(event, LinkChanged) and event.state == "down")
        await far.aclose()
    await first.aclose()
    await second.aclose()


async def test_a_radio_that_is_removed_ends_with_all_it_had_and_the_others_notice_nothing() -> None:
    keeps, first = await opened("a")
    goes, second = await opened("b")
    async with bridge(first, second) as (made, socket), asyncio.TaskGroup() as group:
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        told = Told(group, seat)
        await seat.connect(A, lane="a")
        await seat.connect(B, lane="b")
        await seat.perform(Subscribe(B, "b", handle=7, mode="notify"))
        hanging = asyncio.Event()
        goes.script[B], keeps.script[A] = [hanging.wait], [hanging.wait]  # type: ignore[list-item]
        cut = group.create_task(failure_of(seat.perform(Read(B, "b", handle=3))))
        stays = group.create_task(seat.perform(Read(A, "a", handle=5)))
        await until(lambda: ("read", "b", B) in goes.calls and ("read", "a", A) in keeps.calls)
        async with asyncio.timeout(5):
            await made.part("b", second.aclose)
        await told.until(lambda event: isinstance(event, LaneDown))
        assert ("disconnect", "b", B) in goes.calls
        assert (await cut).kind is ErrorKind.LINK_LOST
        now = told.folding.snapshot()
        assert (set(now.lanes), set(now.links), set(now.subscriptions)) == ({"a"}, {Peer("a", A)}, set())
        assert ("disconnect", "a", A) not in keeps.calls
        hanging.set()
        assert await stays == b"\x05"
        assert not made.stopped.is_set()
        late = await failure_of(seat.perform(Connect(B, "b"), deadline=0.1))
        assert late.kind is not ErrorKind.INTERNAL_BUG
        await far.aclose()
    await first.aclose()


async def test_a_radio_is_replaced_by_one_of_its_name() -> None:
    _, first = await opened("a")
    _, second = await opened("a")
    async with bridge(first) as (made, socket):
        far = remote(socket)
        seat = await far.attach(Owner("me"))
        await seat.connect(A)
        await made.part("a", first.aclose)
        await made.join(second)
        assert (await seat.connect(B)) == Peer("a", B)
        assert made.radios.radios == (second,)
        await far.aclose()
    await second.aclose()


async def test_a_radio_that_closes_by_itself_ends_the_bridge() -> None:
    _, first = await opened("a")
    async with bridge(first) as (made, _):
        await first.aclose()
        async with asyncio.timeout(5):
            await made.stopped.wait()
