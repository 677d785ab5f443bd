from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Advertisements,
    Batch,
    Disconnect,
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
    ScanRequest,
    Snapshot,
    SubscriptionChanged,
)
from bletui.radio import Attachment, QueuedRadio, Radio
from tests import values
from tests.radio import through
from tests.radio.scripted import ScriptedBackend
from tests.tiny import TinyBackend

LANE = LaneChanged(1.0, Lane("a/hci0"))
HEARD = Advertisement(2.0, "a/hci0", "A4:C1:38:0B:7F:2A", "random", -60)


async def opened(*at_open: Event) -> tuple[TinyBackend, Radio]:
    backend = TinyBackend(*at_open)
    return backend, await through.opened(backend)


async def all_of(radio: Radio, seat: Attachment) -> list[Batch]:
    await radio.aclose()
    return [batch async for batch in seat.events()]


async def test_a_seat_has_what_was_before_it_and_gets_what_comes_after() -> None:
    backend, radio = await opened(LANE)
    backend.say(HEARD)
    seat = await radio.attach(Owner("me"))
    assert seat.snapshot.seq == 2
    assert seat.snapshot.lanes == {"a/hci0": LANE}
    assert seat.snapshot.heard == {"a/hci0": {HEARD.address: HEARD}}
    backend.say(HEARD, HEARD)
    assert await all_of(radio, seat) == [Batch(3, (HEARD, HEARD))]
    assert backend.closed == 1


async def test_a_batch_of_advertisements_alone_is_known_by_its_type() -> None:
    backend, radio = await opened()
    seat = await radio.attach(Owner("me"))
    backend.say(HEARD, HEARD)
    backend.say(LANE, HEARD)
    async with asyncio.timeout(10):
        told = [batch async for batch in _until(seat, 4)]
    kinds = {type(batch.events) for batch in told if all(isinstance(event, Advertisement) for event in batch.events)}
    assert kinds == {Advertisements}
    assert [type(batch.events) for batch in told if LANE in batch.events] == [tuple]
    await radio.aclose()


async def _until(seat: Attachment, events: int) -> AsyncIterator[Batch]:
    async for batch in seat.events():
        yield batch
        events -= len(batch.events)
        if events <= 0:
            return


@given(st.lists(st.lists(values.events, min_size=1, max_size=5), max_size=12), st.integers(0, 12))
def test_fold_of_snapshot_and_later_events_equals_fold_of_all(told: list[list[Event]], joins_at: int) -> None:
    async def story() -> tuple[list[Batch], Snapshot, list[Batch]]:
        backend, radio = await opened()
        first = await radio.attach(Owner("first"))
        for events in told[:joins_at]:
            backend.say(*events)
        second = await radio.attach(Owner("second"))
        for events in told[joins_at:]:
            backend.say(*events)
        everything = await all_of(radio, first)
        return everything, second.snapshot, [batch async for batch in second.events()]

    everything, snapshot, later = asyncio.run(story())
    whole, joined = Folding(), Folding(snapshot)
    for batch in everything:
        whole.add(batch)
    for batch in later:
        joined.add(batch)
    assert joined.snapshot() == whole.snapshot()
    numbers = [seq for batch in everything for seq in range(batch.seq, batch.seq + len(batch.events))]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_the_radio_scans_for_the_union_and_stops_with_the_last_owner() -> None:
    backend, radio = await opened()
    me, you = await radio.attach(Owner("me")), await radio.attach(Owner("you"))
    await me.scan(ScanRequest())
    await you.scan(ScanRequest(active=True))
    await you.scan(ScanRequest(active=True))
    await you.detach(keep=False)
    await me.detach(keep=True)
    assert backend.wishes == [ScanRequest(), ScanRequest(active=True), ScanRequest()]
    again = await radio.attach(Owner("me"))
    await again.scan(None)
    assert backend.wishes[-1] is None
    await radio.aclose()


async def test_a_viewer_may_not_scan_and_a_reader_may() -> None:
    backend, radio = await opened()
    viewer = await radio.attach(Owner("v", "viewer"))
    with pytest.raises(BleError) as refused:
        await viewer.scan(ScanRequest())
    assert refused.value.failure.kind is ErrorKind.ACCESS_REFUSED
    assert backend.wishes == []
    reader = await radio.attach(Owner("r", "reader"))
    await reader.scan(ScanRequest())
    assert backend.wishes == [ScanRequest()]
    await radio.aclose()


async def test_a_lane_that_goes_takes_its_links_prompts_and_subscriptions_along_in_the_open() -> None:
    peer, other = Peer("a/hci0", "X"), Peer("a/1", "Y")
    backend, radio = await opened(LANE, LinkChanged(1.0, peer, "up"), LinkChanged(1.0, other, "up"))
    backend.say(SubscriptionChanged(1.0, peer, 3, "notify", ("me",)), Prompt(1.0, 5, peer, "confirm", 9.0))
    seat = await radio.attach(Owner("me"))
    assert seat.snapshot.links[peer].foreign is True
    reason = Failure(kind=ErrorKind.ADAPTER_MISSING)
    backend.say(LaneDown(3.0, "a/hci0", reason))
    (batch,) = await all_of(radio, seat)
    assert batch.events == (
        SubscriptionChanged(3.0, peer, 3, "notify", (), reason),
        PromptClosed(3.0, 5, "gone"),
        LinkChanged(3.0, peer, "down", reason),
        LaneDown(3.0, "a/hci0", reason),
    )


@pytest.mark.in_process("this ring is bounded by events, the bridge's by minutes and bytes")
async def test_history_is_bounded_and_starts_where_it_was_asked_to() -> None:
    backend, radio = await opened()
    seat = await radio.attach(Owner("me"))
    for n in range(25_000):
        backend.say(HEARD._replace(at=float(n)))
    remembered = await seat.history(0.0)
    assert 19_000 <= len(remembered) <= 20_000
    assert [batch.events[0].at for batch in await seat.history(24_998.0)] == [24_998.0, 24_999.0]
    await radio.aclose()


@pytest.mark.in_process("a bridge is given radios that are open")
async def test_a_backend_that_refuses_to_open_is_closed_and_its_failure_comes_out() -> None:
    backend = TinyBackend(refuses=Failure(kind=ErrorKind.REQUEST_INVALID, detail="hci9?"))
    with pytest.raises(BleError) as refused:
        await QueuedRadio(backend, "a").open()
    assert refused.value.failure.detail == "hci9?"
    assert backend.closed == 1


async def test_a_paused_lane_is_told_so_and_stays_so_whatever_the_backend_says_of_it() -> None:
    backend, radio = await opened(LANE)
    seat = await radio.attach(Owner("me"))
    await seat.pause("a/hci0")
    backend.say(LaneChanged(2.0, Lane("a/hci0", slots_used=1)))
    await seat.resume("a/hci0")
    await seat.pause("a/gone")
    told = [event.lane for batch in await all_of(radio, seat) for event in batch.events if type(event) is LaneChanged]
    assert [(lane.paused, lane.slots_used) for lane in told] == [(True, None), (True, 1), (False, 1)]


async def test_a_link_says_since_when_it_is_up_whatever_changes_about_it() -> None:
    backend, radio = await opened(LANE)
    seat = await radio.attach(Owner("me"))
    peer = Peer("a/hci0", "A4:C1:38:0B:7F:2A")
    for at, state in ((2.0, "up"), (5.0, "up"), (6.0, "down"), (9.0, "up")):
        backend.say(LinkChanged(at, peer, state, bonded=at > 4))  # type: ignore[arg-type]
    told = [event for batch in await all_of(radio, seat) for event in batch.events if type(event) is LinkChanged]
    assert [link.since for link in told if link.state == "up"] == [2.0, 2.0, 9.0]


async def test_a_batch_is_judged_event_by_event() -> None:
    """A link of ours ends and somebody else's comes up there, all in one breath."""
    backend = ScriptedBackend()
    radio = await through.opened(backend)
    seat = await radio.attach(Owner("me"))
    peer = Peer("a", "A4:C1:38:0B:7F:2A")
    await seat.connect(peer.address)
    await seat.perform(Disconnect(peer.address))
    await seat.connect(peer.address)
    down = LinkChanged(4.0, peer, "down", Failure(kind=ErrorKind.LINK_CLOSED_REMOTE))
    backend.say(HEARD, down, HEARD, LinkChanged(5.0, peer, "up"))
    told = [event for batch in await all_of(radio, seat) for event in batch.events if type(event) is LinkChanged]
    assert [(link.state, link.foreign) for link in told][-2:] == [("down", None), ("up", True)]


async def test_a_link_of_a_batch_in_which_its_lane_went_is_not_taken_for_ours() -> None:
    backend = ScriptedBackend()
    radio = await through.opened(backend)
    seat = await radio.attach(Owner("me"))
    peer = Peer("a", "A4:C1:38:0B:7F:2A")
    await seat.connect(peer.address)
    lane, gone = Lane("a"), Failure(kind=ErrorKind.ADAPTER_MISSING)
    backend.say(LaneDown(4.0, "a", gone), LaneChanged(4.0, lane), LinkChanged(5.0, peer, "up"))
    told = [event for batch in await all_of(radio, seat) for event in batch.events if type(event) is LinkChanged]
    assert [(link.at, link.state, link.foreign) for link in told][1:3] == [(4.0, "down", None), (5.0, "up", True)]
