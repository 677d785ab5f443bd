"""bleak's own story on the double: what its users do, and nothing of ours in between."""

from __future__ import annotations

import asyncio

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakCharacteristicNotFoundError, BleakDBusError, BleakError, BleakGATTProtocolError

from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez import desk as table
from tests.testing.fakebluez.bleaking import client, found
from tests.tries import tries
from tests.waiting import until


async def test_what_advertises_is_heard(desk: FakeBluez) -> None:
    heard: dict[str, str | None] = {}
    everybody = asyncio.Event()

    def note(device: object, data: object) -> None:
        heard[device.address] = data.local_name  # type: ignore[attr-defined]
        if len(heard) == len(table.DESK):
            everybody.set()

    async with asyncio.timeout(20), BleakScanner(note, bluez={"adapter": "hci0"}):
        await everybody.wait()
    assert heard[table.MAIN.address] == "Desk Main"


async def test_connect_look_read_write_and_leave(desk: FakeBluez) -> None:
    gone: list[object] = []
    async with await client(table.MAIN.address, disconnected_callback=gone.append) as main:
        assert main.is_connected
        assert {each.uuid for each in main.services} == {table.uuid(1), table.uuid(2), table.sig(0x180F)}
        assert await main.read_gatt_char(table.NOTIFY) == b"n0"
        await main.write_gatt_char(table.WRITE, b"abc", response=True)
        assert await main.read_gatt_char(table.WRITE) == b"abc"
        await main.write_gatt_char(table.COMMAND, b"wnr", response=False)
        assert await main.read_gatt_char(table.COMMAND) == b"wnr"
        twins = [each for each in main.services.characteristics.values() if each.uuid == table.READ]
        assert sorted([bytes(await main.read_gatt_char(each)) for each in twins]) == [b"hello", b"twin a", b"twin b"]
        long = bytes(range(256)) * 2
        assert len(await main.read_gatt_char(table.LONG)) == 512
        await main.write_gatt_char(table.LONG, long, response=True)
        assert await main.read_gatt_char(table.LONG) == long
    assert gone == [main]
    assert not main.is_connected


async def test_notifications_indications_and_bursts(desk: FakeBluez) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with asyncio.timeout(20), await client(table.MAIN.address) as main:
        for each in (table.NOTIFY, table.INDICATE, table.BURST):
            await main.start_notify(each, lambda _, value: heard.put_nowait(bytes(value)))
        await main.write_gatt_char(table.ORDERS, b"notify", response=True)
        assert {await heard.get() for _ in range(3)} == {b"n0", b"ind", b""}
        await main.stop_notify(table.NOTIFY)
        await main.stop_notify(table.INDICATE)
        await main.write_gatt_char(table.ORDERS, b"burst 300", response=True)
        assert [int.from_bytes(await heard.get(), "little") for _ in range(300)] == list(range(300))
        with pytest.raises(BleakDBusError, match="No notify session started"):
            await main.stop_notify(table.NOTIFY)


async def test_a_socket_carries_notifications(desk: FakeBluez) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    peer = desk.peers[table.MAIN.address]
    async with asyncio.timeout(20), await client(table.MAIN.address) as main:
        await main.start_notify(
            table.NOTIFY, lambda _, value: heard.put_nowait(bytes(value)), bluez={"use_start_notify": False}
        )
        for value in (b"", b"x", bytes(512)):
            assert peer.notify(peer.handle(table.NOTIFY), value)
            assert await heard.get() == value
        await main.stop_notify(table.NOTIFY)
        await until(lambda: not peer.subscribed)


async def test_the_mtu_is_told_by_a_socket_and_by_a_property(desk: FakeBluez) -> None:
    async with await client(table.MAIN.address) as main:
        command = main.services.get_characteristic(table.COMMAND)
        assert command is not None
        assert command.max_write_without_response_size == 514
        await main._backend._acquire_mtu()  # type: ignore[attr-defined]
        assert main.mtu_size == 517


async def test_descriptors(desk: FakeBluez) -> None:
    async with await client(table.MAIN.address) as main:
        notify = main.services.get_characteristic(table.NOTIFY)
        assert notify is not None
        about = notify.get_descriptor(table.USER_DESCRIPTION)
        assert about is not None
        assert await main.read_gatt_descriptor(about) == b"Notify here"
        await main.write_gatt_descriptor(about, b"or there")
        assert await main.read_gatt_descriptor(about) == b"or there"


@pytest.mark.parametrize(
    ("uuid", "code"),
    [(table.UNAUTHORIZED, 0x08), (table.REFUSED, 0x80), (table.UNREADABLE, 0x02)],
)
async def test_reads_that_are_refused(desk: FakeBluez, uuid: str, code: int) -> None:
    async with await client(table.MAIN.address) as main:
        with pytest.raises(BleakGATTProtocolError) as refused:
            await main.read_gatt_char(uuid)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("uuid", "value", "code"),
    [
        (table.UNAUTHORIZED, b"x", 0x08),
        (table.REFUSED, b"x", 0x80),
        (table.WRONG_LENGTH, b"12345", 0x0D),
        (table.LONG, bytes(600), 0x0D),
        (table.NOTIFY, b"x", 0x03),
    ],
)
async def test_writes_that_are_refused(desk: FakeBluez, uuid: str, value: bytes, code: int) -> None:
    async with await client(table.MAIN.address) as main:
        with pytest.raises(BleakGATTProtocolError) as refused:
            await main.write_gatt_char(uuid, value, response=True)
    assert refused.value.code == code


async def test_what_bleak_says_itself(desk: FakeBluez) -> None:
    async with await client(table.MAIN.address) as main:
        with pytest.raises(BleakDBusError, match="Failed to initiate write"):
            await main.write_gatt_char(table.COMMAND, bytes(600), response=False)
        with pytest.raises(BleakDBusError, match="NotSupported"):
            await main.start_notify(table.WRITE, lambda *_: None)
        with pytest.raises(BleakError, match="Multiple Characteristics"):
            await main.read_gatt_char(table.READ)
        with pytest.raises(BleakCharacteristicNotFoundError):
            await main.read_gatt_char(9999)
        with pytest.raises(BleakError, match="already connected"):
            await main.connect()


async def test_slow_reads_at_once_share_an_answer(desk: FakeBluez) -> None:
    async with await client(table.MAIN.address) as main:
        for tried in tries(under=0.4):  # one answer takes 0.2
            with tried():
                assert await asyncio.gather(*(main.read_gatt_char(table.SLOW) for _ in range(3))) == [b"slow"] * 3


async def test_a_link_that_drops_under_a_read_and_a_new_one(desk: FakeBluez) -> None:
    gone = asyncio.Event()
    peer = desk.peers[table.MAIN.address]
    main = await client(table.MAIN.address, disconnected_callback=lambda _: gone.set())
    async with asyncio.timeout(20):
        await main.connect()
        reads = asyncio.gather(main.read_gatt_char(table.SILENT), return_exceptions=True)
        await until(lambda: "ReadValue" in [call.member for call in desk.calls])
        peer.drop()
        [error] = await reads
        assert isinstance(error, BleakGATTProtocolError)
        assert error.code == 0x0E
        await gone.wait()
        with pytest.raises(BleakError, match="Service Discovery has not been performed yet"):
            await main.read_gatt_char(table.WRITE)
        with pytest.raises(BleakError, match="Not connected"):
            await main.start_notify(table.NOTIFY, lambda *_: None)
        await main.connect()
        assert await main.read_gatt_char(table.NOTIFY) == b"n0"
        await main.write_gatt_char(table.ORDERS, b"drop", response=True)
        await until(lambda: not main.is_connected)


async def test_three_hundred_characteristics(desk: FakeBluez) -> None:
    async with await client(table.CROWDED.address) as crowded:
        assert len(crowded.services.characteristics) == 300
        last = crowded.services.get_characteristic(table.uuid(0x100 + 300))
        assert last is not None
        assert await crowded.read_gatt_char(last) == b"\x2c"


async def test_two_links_at_once(desk: FakeBluez) -> None:
    async with await client(table.MAIN.address) as main, await client(table.SECOND.address) as second:
        values = await asyncio.gather(main.read_gatt_char(table.SLOW), second.read_gatt_char(table.uuid(0x70)))
    assert list(map(bytes, values)) == [b"slow", b"second"]


async def test_a_second_client_shares_the_link(desk: FakeBluez) -> None:
    device = await found(table.MAIN.address)
    async with BleakClient(device) as one, BleakClient(device) as two:
        assert await one.read_gatt_char(table.NOTIFY) == await two.read_gatt_char(table.NOTIFY)
        await two.disconnect()
        assert not one.is_connected
