"""Links over the real thing: the way up and every way in which one is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bletui.backends.local.linux import LinuxBackend
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Advertisement, LinkChanged, LinkState, Peer
from tests.backends.local.told import Told, opened
from tests.bluez_vm.steer import steer
from tests.bluez_vm.stories.bluetoothd import kill, power, start
from tests.bluez_vm.stories.conftest import Saw
from tests.bluez_vm.stories.peers import DROP, GHOST, LANE, MAIN, MUTE, NOBODY, SECOND, connected, handle, refused

HCI1 = "local/00:1A:7D:00:00:02"
SEEN_WITHIN = 0.5 + 0.15  # a loss is told in half a second; what follows is our own wait for its reason


def states(told: Told, address: str) -> list[LinkState]:
    return [link.state for link in told.of(LinkChanged) if link.peer.address == address]


async def lost(told: Told, peer: Peer, within: float = 10.0) -> Failure:
    await told.until(lambda: states(told, peer.address)[-1:] == ["down"], within=within)
    reason = told.of(LinkChanged)[-1].reason
    assert reason is not None
    return reason


async def again(backend: LinuxBackend, address: str) -> None:
    """As the queue would: the kernel ends what the dead bluetoothd left behind while the new one connects."""
    for _ in range(4):
        try:
            await connected(backend, address)
        except BleError as error:
            if error.failure.kind is not ErrorKind.LINK_CONNECT_FAILED:
                raise
        else:
            return
    raise AssertionError("four connects failed")


async def test_connect_and_disconnect(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        peer = await connected(backend, MAIN)
        assert states(told, MAIN)[0] == "up"
        await backend.disconnect(peer, within=5)
        assert saw(await lost(told, peer)).kind is ErrorKind.OP_CANCELLED
        assert states(told, MAIN).count("down") == 1
        assert (await steer("stat"))["hci0"]["links"] == []


async def test_connect_while_scanning() -> None:
    async with opened("local:hci0") as (backend, told):
        await told.stream("live", LANE)
        await connected(backend, MAIN)
        await connected(backend, SECOND)
        assert len((await steer("stat"))["hci0"]["links"]) == 2


async def test_a_cancelled_connect_leaves_nothing() -> None:
    async with opened("local:hci0") as (backend, told):
        await told.stream("live", LANE)
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(connected(backend, GHOST))
            async with asyncio.timeout(10):
                while not (await steer("stat"))["hci0"]["connecting"]:
                    await asyncio.sleep(0.1)
            connecting.cancel()
            done, _ = await asyncio.wait({connecting}, timeout=2)
            assert done
        async with asyncio.timeout(5):
            while (await steer("stat"))["hci0"]["connecting"]:
                await asyncio.sleep(0.1)


async def test_nobody_has_this_address(saw: Saw) -> None:
    async with opened("local:hci0") as (backend, told):
        await told.stream("live", LANE)
        assert saw(await refused(connected(backend, NOBODY, within=4))).kind is ErrorKind.LINK_NOT_SEEN


async def test_a_ghost_never_answers(saw: Saw) -> None:
    async with opened("local:hci0") as (backend, told):
        await told.stream("live", LANE)
        assert saw(await refused(connected(backend, GHOST, within=6))).kind is ErrorKind.LINK_CONNECT_TIMEOUT


async def test_a_mute_peer_takes_the_link_only(saw: Saw, took: Callable[[], float]) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        took()
        failure = saw(await refused(connected(backend, MUTE, within=6)))
        assert failure.kind is ErrorKind.GATT_TIMEOUT
        assert took() < 6 + 2
        await told.until(lambda: states(told, MUTE) == ["up", "down"])


async def test_dropped_at_once(saw: Saw, took: Callable[[], float]) -> None:
    async with opened("local:hci0", scan=None) as (backend, _):
        took()
        failure = saw(await refused(connected(backend, DROP)))
        assert failure.kind is ErrorKind.LINK_CONNECT_FAILED
        assert took() < 6


async def test_a_peer_that_has_left(saw: Saw) -> None:
    async with opened("local:hci0") as (backend, told):
        await told.stream("live", LANE)
        await told.until(lambda: any(one.address == SECOND for one in told.of(Advertisement)))
        await steer("advertise", name="BV-Second", on=False)
        assert saw(await refused(connected(backend, SECOND, within=6))).kind is ErrorKind.LINK_NOT_SEEN


async def test_the_device_ends_the_link(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        peer = await connected(backend, MAIN)
        await steer("drop", name="BV-Main")
        assert saw(await lost(told, peer)).kind in (ErrorKind.LINK_LOST, ErrorKind.LINK_CLOSED_REMOTE)
        await connected(backend, MAIN)


async def test_out_of_reach_while_reading(saw: Saw, took: Callable[[], float]) -> None:
    async with opened("local:hci0", scan=None) as (backend, _):
        peer = await connected(backend, MAIN)
        tree = await backend.discover(peer, refresh=False, within=5)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(refused(backend.read(peer, handle(tree, 0x28), within=15)))
            await asyncio.sleep(1)
            took()
            await steer("vanish", name="BV-Main")
        assert saw(reading.result()).kind is ErrorKind.LINK_LOST
        assert took() < 3


async def test_power_off_while_reading(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        peer = await connected(backend, MAIN)
        tree = await backend.discover(peer, refresh=False, within=5)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(refused(backend.read(peer, handle(tree, 0x28), within=15)))
            await asyncio.sleep(1)
            await power("hci0", on=False)
            assert saw(await lost(told, peer, SEEN_WITHIN)).kind is ErrorKind.ADAPTER_OFF
        assert reading.result().kind is ErrorKind.ADAPTER_OFF
        await power("hci0", on=True)
        await told.until(lambda: told.lanes[LANE].usable is None)
        await connected(backend, MAIN)


async def test_power_off_while_connecting(saw: Saw, took: Callable[[], float]) -> None:
    async with opened("local:hci0", scan=None) as (backend, _):
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(refused(connected(backend, GHOST)))
            await asyncio.sleep(2)
            took()
            await power("hci0", on=False)
        assert saw(connecting.result()).kind is ErrorKind.ADAPTER_OFF
        assert took() < 3


async def test_unplugged_while_reading(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        peer = await connected(backend, MAIN)
        tree = await backend.discover(peer, refresh=False, within=5)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(refused(backend.read(peer, handle(tree, 0x28), within=15)))
            await asyncio.sleep(1)
            await steer("unplug", adapter=0)
            assert saw(await lost(told, peer, SEEN_WITHIN)).kind is ErrorKind.ADAPTER_MISSING
        assert reading.result().kind is ErrorKind.ADAPTER_MISSING
        await steer("plug", adapter=0)
        await told.until(lambda: LANE in told.lanes and told.lanes[LANE].usable is None)
        await connected(backend, MAIN)


async def test_unplugged_while_connecting(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(refused(connected(backend, GHOST)))
            await asyncio.sleep(2)
            await steer("unplug", adapter=0)
            await told.until(lambda: LANE not in told.lanes)  # the kernel takes its time with what it was doing
            await asyncio.wait({connecting}, timeout=SEEN_WITHIN)
            assert connecting.done()
        assert saw(connecting.result()).kind is ErrorKind.ADAPTER_MISSING


async def test_bluetoothd_dies_under_a_link(saw: Saw) -> None:
    async with opened("local:hci0", scan=None) as (backend, told):
        peer = await connected(backend, MAIN)
        kill()
        assert saw(await lost(told, peer, SEEN_WITHIN)).kind is ErrorKind.ADAPTER_MISSING
        start()
        await told.until(lambda: LANE in told.lanes and told.lanes[LANE].usable is None, within=15)
        await again(backend, MAIN)
