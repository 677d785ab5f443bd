"""How links end that nobody ended: each at once, with its reason, and the calls on them with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bletui.failure import ErrorKind
from bletui.model import LaneDown, LinkChanged
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import GHOST, MAIN, READ, SILENT
from tests.backends.local.linked import connected, down, linked, states
from tests.backends.local.told import LANE, SOON, opened
from tests.failing import failure_of
from tests.waiting import until


async def drop(desk: FakeBluez) -> None:
    desk.peers[MAIN.address].drop()


async def power_off(desk: FakeBluez) -> None:
    desk.adapters["hci0"].set_powered(False)


async def unplug(desk: FakeBluez) -> None:
    desk.unplug("hci0")


async def crash(desk: FakeBluez) -> None:
    await desk.crash()


Trouble = Callable[[FakeBluez], Awaitable[None]]
TROUBLES = [
    (drop, ErrorKind.LINK_LOST),
    (power_off, ErrorKind.ADAPTER_OFF),
    (unplug, ErrorKind.ADAPTER_MISSING),
    (crash, ErrorKind.ADAPTER_MISSING),
]


@pytest.mark.parametrize(("trouble", "kind"), TROUBLES)
async def test_the_link_ends_and_says_why(desk: FakeBluez, trouble: Trouble, kind: ErrorKind) -> None:
    async with linked() as link:
        await trouble(desk)
        assert (await down(link.told, link.peer)).kind is kind
        assert states(link.told, MAIN.address) == ["up", "down"]
        failure = await failure_of(link.read(READ))
        assert failure.kind is ErrorKind.LINK_NOT_CONNECTED


@pytest.mark.parametrize(("trouble", "kind"), TROUBLES)
async def test_a_read_on_its_way_says_why(desk: FakeBluez, trouble: Trouble, kind: ErrorKind) -> None:
    async with linked() as link, asyncio.TaskGroup() as group:
        reading = group.create_task(failure_of(link.read(SILENT)))
        await until(lambda: "ReadValue" in [call.member for call in desk.calls])
        began = asyncio.get_running_loop().time()
        await trouble(desk)
        failure = await reading
        assert (failure.kind, failure.operation, failure.handle) == (kind, "read", link.at(SILENT))
        assert asyncio.get_running_loop().time() - began < SOON


@pytest.mark.parametrize(("trouble", "kind"), TROUBLES[1:])
async def test_a_connect_on_its_way_says_why(desk: FakeBluez, trouble: Trouble, kind: ErrorKind) -> None:
    async with opened(scan=None) as (backend, _), asyncio.TaskGroup() as group:
        connecting = group.create_task(failure_of(connected(backend, GHOST.address)))
        await until(lambda: desk.adapters["hci0"].attempts)
        began = asyncio.get_running_loop().time()
        await trouble(desk)
        assert (await connecting).kind is kind
        assert asyncio.get_running_loop().time() - began < SOON


@pytest.mark.parametrize(("trouble", "kind"), TROUBLES[1:])
async def test_a_search_on_its_way_says_why(desk: FakeBluez, trouble: Trouble, kind: ErrorKind) -> None:
    async with opened(scan=None) as (backend, _), asyncio.TaskGroup() as group:
        connecting = group.create_task(failure_of(connected(backend, "C0:00:00:00:0F:FF")))
        await until(lambda: desk.adapters["hci0"].scanners)
        began = asyncio.get_running_loop().time()
        await trouble(desk)
        assert (await connecting).kind is kind
        assert asyncio.get_running_loop().time() - began < SOON


@pytest.mark.parametrize("trouble", [unplug, crash])
async def test_links_end_before_their_lane(desk: FakeBluez, trouble: Trouble) -> None:
    async with linked() as link:
        await trouble(desk)
        await link.told.until(lambda: bool(link.told.of(LaneDown)), SOON)
        ends = [one for one in link.told.events if isinstance(one, LaneDown | LinkChanged)][-2:]
        assert [type(one) for one in ends] == [LinkChanged, LaneDown]


async def test_everything_works_again_after_a_restart_of_bluetoothd(desk: FakeBluez) -> None:
    async with linked() as link:
        await desk.crash()
        await down(link.told, link.peer)
        await desk.start()
        await link.told.until(lambda: LANE in link.told.lanes)
        peer = await connected(link.backend, MAIN.address)
        assert await link.backend.read(peer, link.at(READ), within=5) == b"hello"


async def test_everything_works_again_after_power_came_back(desk: FakeBluez) -> None:
    async with linked() as link:
        desk.adapters["hci0"].set_powered(False)
        await down(link.told, link.peer)
        assert (await failure_of(connected(link.backend, MAIN.address))).kind is ErrorKind.ADAPTER_OFF
        desk.adapters["hci0"].set_powered(True)
        await link.told.until(lambda: link.told.lanes[LANE].usable is None)
        await connected(link.backend, MAIN.address)
