"""Attributes over the real thing: the tree, every operation, bursts, refusals."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.failure import ErrorKind
from bletui.model import GattTree, LinkChanged, Notification, Peer, Properties
from tests.backends.local.told import Told, opened
from tests.bluez_vm.stories.conftest import Saw
from tests.bluez_vm.stories.peers import MAIN, connected, handle, refused, uuid


class Bench(NamedTuple):
    backend: LinuxBackend
    told: Told
    peer: Peer
    tree: GattTree

    def at(self, number: int) -> int:
        return handle(self.tree, number)

    async def read(self, number: int, within: float = 10.0) -> bytes:
        return await self.backend.read(self.peer, self.at(number), within=within)

    async def write(self, number: int, value: bytes, *, response: bool = True) -> None:
        await self.backend.write(self.peer, self.at(number), value, response=response, within=10)

    def values(self, number: int) -> list[bytes]:
        return [one.value for one in self.told.of(Notification) if one.handle == self.at(number)]


@pytest.fixture
async def main() -> AsyncIterator[Bench]:
    async with opened("local:hci0", scan=None) as (backend, told):
        peer = await connected(backend, MAIN)
        tree = await backend.discover(peer, refresh=False, within=10)
        yield Bench(backend, told, peer, tree)


async def test_the_tree(main: Bench) -> None:
    handles = [one.handle for service in main.tree.services for one in service.characteristics]
    assert handles == sorted(handles)
    found = [one for service in main.tree.services for one in service.characteristics if one.uuid == uuid(0x10)]
    assert len(found) == 3  # one UUID, three handles
    assert [await main.backend.read(main.peer, one.handle, within=5) for one in found] == [b"hello", b"dup-a", b"dup-b"]
    assert found[0].properties == Properties.READ
    assert await main.backend.discover(main.peer, refresh=True, within=5) == main.tree


async def test_the_mtu(main: Bench) -> None:
    """Also where BlueZ has the services in its cache, and so resolves them before the MTU is exchanged."""
    async with asyncio.timeout(5):
        while main.told.of(LinkChanged)[-1].mtu is None:
            await main.backend.discover(main.peer, refresh=False, within=5)
    assert main.told.of(LinkChanged)[-1].mtu == 517
    await main.write(0x15, bytes(range(200)), response=False)
    assert await main.read(0x15) == bytes(range(200))


async def test_read_and_write(main: Bench) -> None:
    await main.write(0x11, b"abc")
    assert await main.read(0x11) == b"abc"
    await main.write(0x15, b"wnr", response=False)
    assert await main.read(0x15) == b"wnr"
    assert await main.read(0x2A) == b""
    assert await main.read(0x24) == b"slow"


async def test_long_values(main: Bench) -> None:
    assert await main.read(0x14) == bytes(number & 255 for number in range(512))
    value = bytes(reversed(range(256))) * 2
    await main.write(0x14, value)
    assert await main.read(0x14) == value


async def test_descriptors(main: Bench) -> None:
    found = next(
        one for service in main.tree.services for one in service.characteristics if one.handle == main.at(0x12)
    )
    described = next(one for one in found.descriptors if one.uuid.startswith("00002901"))
    assert await main.backend.read(main.peer, described.handle, within=5) == b"Notify here"


async def test_notifications_and_indications(main: Bench) -> None:
    await main.backend.subscribe(main.peer, main.at(0x12), mode="notify", within=5)
    await main.backend.subscribe(main.peer, main.at(0x13), mode="indicate", within=5)
    await main.write(0x25, b"notify")
    await main.write(0x25, b"indicate")
    await main.told.until(lambda: main.values(0x12) == [b"\x01" * 20] and main.values(0x13) == [b"ind"])
    assert [one.indication for one in main.told.of(Notification)] == [False, True]
    await main.backend.subscribe(main.peer, main.at(0x12), mode="off", within=5)
    await main.write(0x25, b"notify")
    await main.read(0x10)
    assert len(main.values(0x12)) == 1


async def test_a_read_is_no_notification(main: Bench) -> None:
    await main.backend.subscribe(main.peer, main.at(0x12), mode="notify", within=5)
    for _ in range(10):
        assert await main.read(0x12) == b"n0"
    await main.write(0x25, b"notify")
    await main.told.until(lambda: bool(main.values(0x12)))
    assert main.values(0x12) == [b"\x01" * 20]


async def test_a_burst_loses_nothing(main: Bench) -> None:
    await main.backend.subscribe(main.peer, main.at(0x29), mode="notify", within=5)
    await main.write(0x25, b"burst 300")
    await main.told.until(lambda: len(main.values(0x29)) == 300, within=60)
    assert [struct.unpack("<I", value[:4])[0] for value in main.values(0x29)] == list(range(300))


async def test_what_devices_refuse(main: Bench, saw: Saw) -> None:
    for number, kind in (
        (0x22, ErrorKind.SECURITY_NOT_AUTHORIZED),
        (0x23, ErrorKind.DEVICE_COMMAND_FAILED),
        (0x26, ErrorKind.GATT_NOT_PERMITTED),
    ):
        assert saw(await refused(main.read(number))).kind is kind
        assert (await refused(main.write(number, b"x"))).kind is kind
    assert (await refused(main.write(0x27, b"x"))).kind is ErrorKind.GATT_INVALID_VALUE


async def test_what_is_refused_before_the_radio(main: Bench, saw: Saw) -> None:
    assert saw(await refused(main.write(0x11, bytes(513)))).kind is ErrorKind.REQUEST_INVALID
    assert saw(await refused(main.write(0x11, b"x", response=False))).kind is ErrorKind.GATT_NOT_PERMITTED
    missing = await refused(main.backend.read(main.peer, 0xFFF0, within=5))
    assert saw(missing).kind is ErrorKind.GATT_NOT_FOUND
    silent = main.backend.subscribe(main.peer, main.at(0x10), mode="notify", within=5)
    assert saw(await refused(silent)).kind is ErrorKind.GATT_NOT_PERMITTED


async def test_a_value_that_never_comes(main: Bench, saw: Saw) -> None:
    assert saw(await refused(main.read(0x28, within=3))).kind is ErrorKind.GATT_TIMEOUT
