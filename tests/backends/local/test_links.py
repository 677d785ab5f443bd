"""Links on the private bus: the way up, the way down, and who else has any."""

from __future__ import annotations

import asyncio

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.failure import ErrorKind
from bletui.model import LinkChanged, Peer
from bletui.testing.fakebluez import FakeBluez, Fault
from bletui.testing.fakebluez.desk import DROPS, GHOST, MAIN, MUTE, SECOND
from bletui.testing.fakebluez.refusals import failed
from tests.backends.local.linked import connected, down, linked, states
from tests.backends.local.told import LANE, opened
from tests.failing import failure_of
from tests.waiting import until

NOBODY = "C0:00:00:00:0F:FF"


async def test_up_is_told_with_the_mtu_and_down_with_who_asked(desk: FakeBluez) -> None:
    async with linked() as link:
        told = link.told.of(LinkChanged)
        assert [one.state for one in told] == ["up"] * len(told)
        assert (told[-1].mtu, told[-1].bonded, told[-1].foreign) == (517, False, None)
        await link.backend.disconnect(link.peer, within=5)
        assert (await down(link.told, link.peer)).kind is ErrorKind.OP_CANCELLED
        assert desk.peers[MAIN.address].link is None


async def test_a_device_that_bluez_has_not_heard_is_looked_for(desk: FakeBluez) -> None:
    async with opened(scan=None) as (backend, _):
        await connected(backend, MAIN.address)
        assert [one.member for one in desk.calls].count("StartDiscovery") == 1
        await backend.disconnect(Peer(LANE, MAIN.address), within=5)
        await connected(backend, MAIN.address)
        assert [one.member for one in desk.calls].count("StartDiscovery") == 1


async def test_connecting_beside_a_running_scan(desk: FakeBluez) -> None:
    async with opened() as (backend, told):
        await told.stream("live")
        await connected(backend, MAIN.address)
        await connected(backend, SECOND.address)
        assert (await told.stream("live")).failure is None


async def test_a_link_that_is_up_is_not_made_again(desk: FakeBluez) -> None:
    async with linked() as link:
        assert await connected(link.backend, MAIN.address) == link.peer
        assert [one.member for one in desk.calls].count("Connect") == 1


@pytest.mark.parametrize(
    ("address", "within", "kind"),
    [
        (NOBODY, 0.5, ErrorKind.LINK_NOT_SEEN),
        (GHOST.address, 0.5, ErrorKind.LINK_CONNECT_TIMEOUT),
        (MUTE.address, 1.5, ErrorKind.GATT_TIMEOUT),  # its link is up long before that
        (DROPS.address, 10.0, ErrorKind.LINK_CONNECT_FAILED),
    ],
)
async def test_why_there_is_no_link(desk: FakeBluez, address: str, within: float, kind: ErrorKind) -> None:
    async with opened(scan=None) as (backend, told):
        failure = await failure_of(connected(backend, address, within=within))
        assert (failure.kind, failure.operation, failure.address) == (kind, "connect", address)
        await told.until(lambda: states(told, address)[-1:] != ["up"])
        once = ["up", "down"]
        assert states(told, address) in ([], once, once + once), "bleak may try anew before the first fall is heard of"
        assert not desk.adapters["hci0"].attempts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("le-connection-concurrent-connection-limit", ErrorKind.BUSY_CAPACITY),
        ("le-connection-busy", ErrorKind.BUSY_CHIP),
        ("br-connection-canceled", ErrorKind.LINK_CONNECT_FAILED),
        ("le-connection-key-missing", ErrorKind.SECURITY_KEY_MISSING),
        ("Operation already in progress", ErrorKind.LINK_STATE_CONFLICT),  # another program connects it
    ],
)
async def test_what_bluez_says_of_a_failed_connect_is_kept(desk: FakeBluez, text: str, kind: ErrorKind) -> None:
    desk.inject(Fault(member="Connect", error=failed(text)))
    async with opened(scan=None) as (backend, _):
        failure = await failure_of(connected(backend, MAIN.address))
        assert (failure.kind, failure.message) == (kind, text)


async def test_a_cancelled_connect_leaves_no_attempt(desk: FakeBluez) -> None:
    async with opened(scan=None) as (backend, _):
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(connected(backend, GHOST.address))
            await until(lambda: desk.adapters["hci0"].attempts)
            connecting.cancel()
            done, _ = await asyncio.wait({connecting}, timeout=10)
            assert done
        assert not desk.adapters["hci0"].attempts


async def test_one_connect_to_a_device_at_a_time(desk: FakeBluez) -> None:
    async with opened(scan=None) as (backend, _), asyncio.TaskGroup() as group:
        first = group.create_task(failure_of(connected(backend, GHOST.address, within=0.5)))
        await asyncio.sleep(0)
        second = await failure_of(connected(backend, GHOST.address))
        assert second.kind is ErrorKind.LINK_STATE_CONFLICT
        assert (await first).kind is ErrorKind.LINK_CONNECT_TIMEOUT


async def test_links_that_others_made_are_told_and_used(desk: FakeBluez) -> None:
    async with opened(scan=None) as (first, _):
        await connected(first, MAIN.address)
        async with opened(scan=None) as (second, told):
            await told.until(lambda: states(told, MAIN.address) == ["up"])
            tree = await second.discover(Peer(LANE, MAIN.address), refresh=False, within=5)
            assert tree.services
            await connected(first, SECOND.address)  # made while we are here
            await told.until(lambda: states(told, SECOND.address) == ["up"])
            await second.disconnect(Peer(LANE, SECOND.address), within=5)
            assert (await down(told, Peer(LANE, SECOND.address))).kind is ErrorKind.OP_CANCELLED


async def test_closing_ends_our_links(desk: FakeBluez) -> None:
    async with linked():
        assert desk.peers[MAIN.address].link is not None
    assert desk.peers[MAIN.address].link is None


@pytest.mark.parametrize("address", ["", "nobody", "C0:00:00:00:00", "C0:00:00:00:00:01\n\x1b[2J"])
async def test_addresses_that_are_none(desk: FakeBluez, address: str) -> None:
    async with opened(scan=None) as (backend, _):
        failure = await failure_of(connected(backend, address))
        assert failure.kind is ErrorKind.REQUEST_INVALID


async def test_a_lane_that_is_none(desk: FakeBluez) -> None:
    async with opened(scan=None) as (backend, _):
        assert (await failure_of(on_lane(backend, "local/hci9"))).kind is ErrorKind.ADAPTER_MISSING


async def on_lane(backend: LinuxBackend, lane: str) -> None:
    await backend.connect(MAIN.address, lane=lane, address_type="random", pair=False, within=1)
