"""Links coming up and going down, one event for each, in the words of their lane."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from bletui.backends.simulator.lab import address
from bletui.failure import BleError, ErrorKind
from bletui.model import Advertisement, LaneChanged, LaneDown, LinkChanged, Peer, ScanRequest
from bletui.testing.virtual_time import START, in_virtual_time
from tests.backends.simulator.virtual import CHIP0, CHIP1, HCI0, lab
from tests.failing import failure_of


@in_virtual_time
async def test_one_event_for_each_beginning_and_end_and_slots_that_follow() -> None:
    async with lab() as b:
        peer = await b.connect("thermometer")
        assert peer == Peer(CHIP0, address("thermometer"))
        (up,) = [link for link in b.links("up") if link.peer == peer]
        assert (up.mtu, up.phy, up.bonded, up.identity, up.foreign) == (247, ("1M", "1M"), False, None, None)
        assert b.slots(CHIP0) == 1
        await b.backend.disconnect(peer, within=5.0)
        await b.backend.disconnect(peer, within=5.0)
        (down,) = b.links("down")
        assert down.reason is not None
        assert (down.reason.kind, down.reason.message) == (ErrorKind.OP_CANCELLED, "host disconnect")
        assert b.slots(CHIP0) == 0


@pytest.mark.parametrize("speed", [1, 20])
@in_virtual_time
async def test_connecting_takes_an_advertising_interval_and_some_hundred_milliseconds(speed: int) -> None:
    async with lab(f"devices=30&speed={speed}") as b:
        now = asyncio.get_running_loop().time
        took = []
        for n in range(1, 31):
            began = now()
            peer = await b.connect(str(n))
            took.append((now() - began) * speed)
            await b.backend.disconnect(peer, within=5.0)
        assert min(took) > 0.08
        assert max(took) < 2.5
        assert 0.25 < sum(took) / len(took) < 0.8


@in_virtual_time
async def test_a_link_that_is_up_is_returned_without_an_event() -> None:
    async with lab() as b:
        peer = await b.connect("thermometer")
        before = len(b.listener.events)
        assert await b.connect("thermometer") == peer
        assert not [event for event in b.listener.events[before:] if not isinstance(event, Advertisement)]


@pytest.mark.parametrize(
    ("lane", "source", "message"),
    [(CHIP0, "cassia.http500", "chip is busy"), (HCI0, "bluez.dbus", "le-connection-busy")],
)
@in_virtual_time
async def test_a_second_connect_on_a_lane_is_refused_in_its_words(lane: str, source: str, message: str) -> None:
    async with lab() as b:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(b.connect("thermometer", lane))
            await asyncio.sleep(0)
            busy = await failure_of(b.connect("heart rate", lane))
            again = await failure_of(b.connect("thermometer", lane))
            other = group.create_task(b.connect("heart rate", CHIP1))
        assert (busy.kind, busy.source, busy.message, busy.lane) == (ErrorKind.BUSY_CHIP, source, message, lane)
        assert again.kind is ErrorKind.LINK_STATE_CONFLICT
        assert (first.result().lane, other.result().lane) == (lane, CHIP1)
        assert b.backend.most_asking == {lane: 2, CHIP1: 1}


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("far away", None),
        ("beacon", None),
        ("thermometer", "public"),
        ("public address", "random"),
        ("02:00:00:DE:AD:00", None),
    ],
)
@in_virtual_time
async def test_who_cannot_be_reached_is_not_seen_within_the_limit(role: str, kind: str | None) -> None:
    async with lab() as b:
        now = asyncio.get_running_loop().time
        for lane, text in ((CHIP0, "device not scan"), (HCI0, "was not found.")):
            began = now()
            failure = await failure_of(b.connect(role, lane, kind=kind, within=3.0))  # type: ignore[arg-type]
            assert now() - began == pytest.approx(3.0)
            assert failure.kind is ErrorKind.LINK_NOT_SEEN
            assert text in failure.message
        assert {link.peer.address for link in b.links("up")} == {address("someone else's")}


@in_virtual_time
async def test_old_firmware_has_other_words() -> None:
    async with lab("firmware=1.4") as b:
        assert (await failure_of(b.connect("far away", within=1.0))).message == "operation timeout"
        peer = await b.connect("vault")
        assert (await failure_of(b.read(peer, 0x17))).message == "need pair operation"


@in_virtual_time
async def test_a_cancelled_connect_leaves_nothing_and_the_lane_free() -> None:
    async with lab() as b:
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(b.connect("thermometer"))
            await asyncio.sleep(0.02)
            connecting.cancel()
        assert connecting.cancelled()
        peer = await b.connect("thermometer")
        assert [link.peer for link in b.links("up")].count(peer) == 1
        assert b.links("down") == []


@in_virtual_time
async def test_a_connected_device_is_silent_and_not_to_be_had_elsewhere() -> None:
    async with lab() as b:
        b.backend.scan(ScanRequest())
        await b.listener.until(lambda e: isinstance(e, Advertisement) and e.address == address("thermometer"))
        peer = await b.connect("thermometer")
        b.listener.events.clear()
        await asyncio.sleep(10.0)
        assert address("thermometer") not in {heard.address for heard in b.listener.heard()}
        assert (await failure_of(b.connect("thermometer", CHIP1, within=2.0))).kind is ErrorKind.LINK_NOT_SEEN
        await b.backend.disconnect(peer, within=5.0)
        await b.listener.until(lambda e: isinstance(e, Advertisement) and e.address == address("thermometer"))


@pytest.mark.parametrize(("lane", "holds"), [(CHIP0, 11), (HCI0, 7)])
@in_virtual_time
async def test_a_full_lane_says_so(lane: str, holds: int) -> None:
    async with lab("devices=12") as b:
        for n in range(1, holds + 1):
            await b.connect(str(n), lane)
        assert b.slots(lane) == holds
        assert (await failure_of(b.connect("12", lane))).kind is ErrorKind.BUSY_CAPACITY


@in_virtual_time
async def test_one_lets_in_every_third() -> None:
    async with lab() as b:
        for _ in range(2):
            for _ in range(2):
                failure = await failure_of(b.connect("every third"))
                assert (failure.kind, failure.message) == (ErrorKind.LINK_CONNECT_FAILED, "connect failed")
            peer = await b.connect("every third")
            await b.backend.disconnect(peer, within=5.0)


@in_virtual_time
async def test_one_drops_at_random_and_then_has_no_link() -> None:
    async with lab() as b:
        peer = await b.connect("drops at random")
        down = await b.down(peer)
        assert down.reason is not None
        assert (down.reason.kind, down.reason.message) == (ErrorKind.LINK_LOST, "timeout")
        assert len(b.links("down")) == 1
        assert (await failure_of(b.read(peer, 0x17))).kind is ErrorKind.LINK_NOT_CONNECTED


@in_virtual_time
async def test_a_call_that_waits_when_its_link_ends_ends_with_the_links_reason() -> None:
    async with lab("fault=drop:device[C0:DE:1A:B0:00:09]@3s") as b:
        peer = await b.connect("mute")
        failure = await failure_of(b.backend.discover(peer, refresh=False, within=60.0))
        assert (failure.kind, failure.operation) == (ErrorKind.LINK_CLOSED_REMOTE, "discover")


@in_virtual_time
async def test_a_reset_closes_the_link_a_moment_later() -> None:
    async with lab() as b:
        peer = await b.connect("resets")
        await b.write(peer, 0x17, b"\x01")
        written = asyncio.get_running_loop().time()
        down = await b.down(peer)
        assert down.reason is not None
        assert (down.reason.kind, down.reason.message) == (ErrorKind.LINK_CLOSED_REMOTE, "device disconnect")
        assert asyncio.get_running_loop().time() - written == pytest.approx(0.4, abs=0.1)


@in_virtual_time
async def test_someone_elses_link_is_told_at_the_beginning() -> None:
    async with lab() as b:
        (up,) = b.links("up")
        assert up.peer == Peer(CHIP1, address("someone else's"))
        assert b.slots(CHIP1) == 1
        assert (await failure_of(b.connect("someone else's", CHIP0, within=1.0))).kind is ErrorKind.LINK_NOT_SEEN
        assert await b.connect("someone else's", CHIP1) == up.peer
        await b.backend.disconnect(up.peer, within=5.0)
        assert (await b.connect("someone else's", CHIP0)).lane == CHIP0


@in_virtual_time
async def test_a_lane_that_goes_ends_its_links_first_and_what_runs_there() -> None:
    async with lab("fault=lane:down[router/0]@5s-9s") as b:
        peer = await b.connect("thermometer")
        failure = await failure_of(b.connect("far away", within=30.0))
        assert failure.kind is ErrorKind.ROUTER_UNAVAILABLE
        await b.listener.until(lambda e: isinstance(e, LaneDown))
        kinds = [type(e) for e in b.listener.events if isinstance(e, LaneDown | LinkChanged)]
        assert kinds == [LinkChanged, LinkChanged, LinkChanged, LaneDown]
        down = await b.down(peer)
        assert down.reason is not None
        assert down.reason.kind is ErrorKind.ROUTER_UNAVAILABLE
        assert (await failure_of(b.connect("heart rate"))).kind is ErrorKind.ROUTER_UNAVAILABLE
        await b.listener.until(lambda e: isinstance(e, LaneChanged) and e.at >= START + 9.0)
        assert b.slots(CHIP0) == 0
        await b.connect("thermometer")


@in_virtual_time
async def test_a_router_reboots_with_both_chips_and_remembers_its_bonds() -> None:
    async with lab("fault=lane:reboot[router/0]@10s-25s") as b:
        await b.connect("thermometer", CHIP0, pair=True)
        await b.connect("heart rate", CHIP1)
        await b.connect("counter", HCI0)
        await b.listener.until(lambda e: isinstance(e, LaneChanged) and e.at >= START + 24.9)
        assert {event.lane for event in b.of(LaneDown)} == {CHIP0, CHIP1}
        assert {link.peer.lane for link in b.links("down")} == {CHIP0, CHIP1}
        assert (b.slots(CHIP0), b.slots(CHIP1), b.slots(HCI0)) == (0, 0, 1)
        assert address("thermometer") in {bond.address for bond in await b.backend.bonds()}


@in_virtual_time
async def test_drops_on_request_end_every_link_of_a_lane_or_a_share_of_all() -> None:
    async with lab("devices=20&fault=drop:key[router/0]@20s") as b:
        for n in range(1, 6):
            await b.connect(str(n), CHIP0)
            await b.connect(str(n + 10), CHIP1)
        assert not b.links("down")
        await asyncio.sleep(25.0)
        assert {link.peer.lane for link in b.links("down")} == {CHIP0}
        assert {link.reason.kind for link in b.links("down") if link.reason} == {ErrorKind.SECURITY_KEY_MISSING}
        assert len(b.links("down")) == 5

    async with lab("devices=100&fault=drop:timeout:30%") as b:
        for n in range(1, 101):
            peer = await b.connect(str(n), (CHIP0, CHIP1)[n % 2])
            await asyncio.sleep(2.5)
            await b.backend.disconnect(peer, within=5.0)
        lost = [link for link in b.links("down") if link.reason and link.reason.kind is ErrorKind.LINK_LOST]
        assert 18 <= len(lost) <= 42


@in_virtual_time
async def test_faults_of_calls_strike_the_share_the_lane_and_the_device_that_they_name() -> None:
    async with lab("devices=100&fault=connect:failed:30%[router/0]") as b:
        failed = 0
        for n in range(1, 101):
            try:
                peer = await b.connect(str(n))
            except BleError as struck:
                failed += struck.failure.kind is ErrorKind.LINK_CONNECT_FAILED
            else:
                await b.backend.disconnect(peer, within=5.0)
        assert 18 <= failed <= 42
        for n in range(1, 8):
            await b.connect(str(n), HCI0)

    async with lab(f"devices=2&fault=read:gatt.timeout[{address('1')}]") as b:
        one, two = await b.connect("1"), await b.connect("2")
        failure = await failure_of(b.read(one, 0x20))
        assert (failure.kind, failure.source) == (ErrorKind.GATT_TIMEOUT, "simulator")
        assert await b.read(two, 0x20)


@in_virtual_time
async def test_a_device_has_the_same_luck_whatever_happens_to_others() -> None:
    async def luck(others: int) -> list[float]:
        async with lab("devices=20&seed=5&fault=connect:failed:50%") as b:
            now = asyncio.get_running_loop().time
            took = []
            for n in range(others):
                await asyncio.wait_for(_tried(b.connect(str(n + 2))), 30)
            for _ in range(6):
                began = now()
                await _tried(b.connect("1", CHIP1))
                await b.backend.disconnect(Peer(CHIP1, address("1")), within=5.0)
                took.append(round(now() - began, 6))
            return took

    assert await luck(0) == await luck(7)


async def _tried(call: Awaitable[object]) -> None:
    try:
        await call
    except BleError as failed:
        assert failed.failure.kind is ErrorKind.LINK_CONNECT_FAILED
