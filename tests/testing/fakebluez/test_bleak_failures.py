"""What bleak raises on the double is what it raised with a real kernel and bluetoothd 5.66 in each of these cases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakGATTProtocolError,
)

from bletui.testing.fakebluez import AdapterSpec, FakeBluez, Fault, Pace, Peripheral, Security
from bletui.testing.fakebluez import desk as table
from bletui.testing.fakebluez.refusals import ABORTED
from tests.testing.fakebluez.bleaking import caught_up, client, found
from tests.testing.fakebluez.client import connected
from tests.waiting import until

SHORT = 0.3  # seconds
HCI0: Any = {"adapter": "hci0"}


async def raised(call: Awaitable[object]) -> BaseException:
    try:
        await call
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def dbus(error: BaseException) -> tuple[str, str | None]:
    assert isinstance(error, BleakDBusError), repr(error)
    return error.dbus_error, error.dbus_error_details


async def called(fake: FakeBluez, member: str) -> None:
    """Waits until a client has made that call."""
    await until(lambda: member in [call.member for call in fake.calls])


@pytest.mark.parametrize("peripheral", [table.DROPS, table.GHOST, table.MUTE])
async def test_a_connect_that_hides_its_cause(desk: FakeBluez, peripheral: Peripheral) -> None:
    device = await found(peripheral.address)
    error = await raised(BleakClient(device, timeout=SHORT).connect())
    assert isinstance(error, TimeoutError)
    assert str(error) == ""
    assert not desk.adapters["hci0"].attempts
    assert desk.peers[peripheral.address].link is None


async def test_bleak_tries_again_by_itself_where_the_link_was_aborted(desk: FakeBluez) -> None:
    main = await client(table.MAIN.address)
    desk.peers[table.MAIN.address].refuse(ABORTED, times=2)
    async with main:
        assert [call.member for call in desk.calls].count("Connect") == 3


async def test_addresses_that_nobody_has(desk: FakeBluez) -> None:
    for address in ("AA:BB:CC:DD:EE:FF", "not-an-address"):
        error = await raised(BleakClient(address, timeout=SHORT, bluez=HCI0).connect())
        assert isinstance(error, BleakDeviceNotFoundError)


async def test_a_device_that_bluez_forgot(desk: FakeBluez) -> None:
    main = await client(table.MAIN.address)
    desk.adapters["hci0"].remove(desk.adapters["hci0"].device(table.MAIN.address))
    await caught_up()
    assert str(await raised(main.connect())) == "device 'dev_C0_00_00_00_00_01' not found"


async def test_two_clients_connect_to_one_device_at_once(desk: FakeBluez) -> None:
    device = await found(table.GHOST.address)
    first = asyncio.gather(raised(BleakClient(device, timeout=5).connect()))
    await until(lambda: desk.adapters["hci0"].attempts)
    second = await raised(BleakClient(device, timeout=5).connect())
    assert dbus(second) == ("org.bluez.Error.Failed", "Operation already in progress")
    [error] = await first
    assert dbus(error) == ("org.bluez.Error.Failed", "br-connection-canceled")


async def test_a_connect_that_is_cancelled_leaves_nothing_pending(desk: FakeBluez) -> None:
    device = await found(table.GHOST.address)
    async with asyncio.TaskGroup() as group:
        connecting = group.create_task(BleakClient(device).connect())
        await until(lambda: desk.adapters["hci0"].attempts)
        connecting.cancel()
        await asyncio.wait([connecting])
    assert connecting.cancelled()
    assert not desk.adapters["hci0"].attempts


async def test_no_such_adapter(desk: FakeBluez) -> None:
    error = await raised(BleakClient(table.MAIN.address, bluez=HCI0 | {"adapter": "hci9"}).connect())
    assert str(error) == "adapter 'hci9' not found"


async def test_a_connect_by_address_while_scanning(desk: FakeBluez) -> None:
    async with BleakScanner(bluez=HCI0):
        for error in (
            await raised(BleakClient(table.MAIN.address, bluez=HCI0).connect()),
            await raised(BleakScanner(bluez=HCI0).start()),
        ):
            assert dbus(error) == ("org.bluez.Error.InProgress", "Operation already in progress")


async def test_a_removed_device_under_a_client(desk: FakeBluez) -> None:
    async with await client(table.MAIN.address) as main:
        await main.unpair()
        assert desk.peers[table.MAIN.address].link is None
    with pytest.raises(KeyError):
        desk.adapters["hci0"].device(table.MAIN.address)


async def test_reads_that_pairing_would_open_without_an_agent(desk: FakeBluez) -> None:
    async with await client(table.DISPLAYS.address) as displays:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(displays.read_gatt_char(table.ENCRYPTED), SHORT)
        assert dbus(await raised(displays.pair()))[0] in (
            "org.bluez.Error.AuthenticationFailed",
            "org.bluez.Error.InProgress",
        )
    async with await client(table.REFUSES.address) as refuses:
        error = await raised(refuses.read_gatt_char(table.ENCRYPTED))
        assert isinstance(error, BleakGATTProtocolError)
        assert error.code == 0x0E


async def test_a_bond_that_the_peripheral_forgot(desk: FakeBluez) -> None:
    desk.adapters["hci0"].meet(table.MAIN.address, bond=Security.ENCRYPTED)
    desk.peers[table.MAIN.address].forget_bonds()
    device = await found(table.MAIN.address)
    assert isinstance(await raised(BleakClient(device, timeout=SHORT).connect()), TimeoutError)


async def test_powered_off(desk: FakeBluez) -> None:
    device = await found(table.MAIN.address)
    desk.adapters["hci0"].set_powered(False)
    await caught_up()
    assert str(await raised(BleakClient(device).connect())) == "device 'dev_C0_00_00_00_00_01' not found"
    for call in (BleakClient(table.MAIN.address).connect(), BleakScanner().start()):
        error = await raised(call)
        assert isinstance(error, BleakBluetoothNotAvailableError)
        assert error.reason is BleakBluetoothNotAvailableReason.POWERED_OFF
    explicit = await raised(BleakClient(table.MAIN.address, bluez=HCI0).connect())
    assert dbus(explicit) == ("org.bluez.Error.NotReady", "Resource Not Ready")


@pytest.mark.parametrize("loss", ["power", "plug"])
async def test_the_adapter_is_lost_under_a_read(desk: FakeBluez, loss: str) -> None:
    gone = asyncio.Event()
    main = await client(table.MAIN.address, disconnected_callback=lambda _: gone.set())
    await main.connect()
    reading = asyncio.gather(raised(main.read_gatt_char(table.SILENT)))
    await called(desk, "ReadValue")
    desk.adapters["hci0"].set_powered(False) if loss == "power" else desk.unplug("hci0")
    [error] = await reading
    assert isinstance(error, BleakGATTProtocolError)
    assert error.code == 0x0E
    await asyncio.wait_for(gone.wait(), 5)


async def test_power_off_under_a_connect(desk: FakeBluez) -> None:
    device = await found(table.GHOST.address)
    connecting = asyncio.gather(raised(BleakClient(device, timeout=SHORT).connect()))
    await called(desk, "Connect")
    desk.adapters["hci0"].set_powered(False)
    assert isinstance((await connecting)[0], TimeoutError)


async def test_unplugged_under_a_scan_and_plugged_in_again(desk: FakeBluez) -> None:
    scanner = BleakScanner(bluez=HCI0)
    await scanner.start()
    desk.unplug("hci0")
    error = await raised(scanner.stop())
    assert dbus(error) == (
        "org.freedesktop.DBus.Error.UnknownObject",
        'Method "StopDiscovery" with signature "" on interface "org.bluez.Adapter1" doesn\'t exist\n',
    )
    nothing = await raised(BleakScanner().start())
    assert isinstance(nothing, BleakBluetoothNotAvailableError)
    assert nothing.reason is BleakBluetoothNotAvailableReason.NO_BLUETOOTH
    desk.plug(AdapterSpec())
    await caught_up()
    assert (await found(table.MAIN.address)).name == "Desk Main"


async def test_a_crash_is_told_to_nobody(desk: FakeBluez) -> None:
    gone: list[object] = []
    main = await client(table.MAIN.address, disconnected_callback=gone.append)
    await main.connect()
    await desk.crash()
    assert main.is_connected
    assert not gone
    error = await raised(main.read_gatt_char(table.NOTIFY))
    assert dbus(error)[0] == "org.freedesktop.DBus.Error.ServiceUnknown"
    await raised(main.disconnect())


async def test_errors_delays_and_silence_on_demand(desk: FakeBluez) -> None:
    async with await client(table.MAIN.address) as main:
        desk.inject(Fault(member="ReadValue", error=("org.bluez.Error.InProgress", "In Progress"), times=3))
        assert await main.read_gatt_char(table.NOTIFY) == b"n0"  # bleak asks until it is not in progress
        desk.inject(Fault(member="ReadValue", delay=0.05, times=1))
        assert await main.read_gatt_char(table.NOTIFY) == b"n0"
        desk.inject(Fault(member="ReadValue", answer=("s", ["no bytes"]), times=1))
        assert isinstance(await raised(main.read_gatt_char(table.NOTIFY)), TypeError)
        desk.inject(Fault(member="ReadValue", hang=True, times=1))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(main.read_gatt_char(table.NOTIFY), 0.05)
        desk.inject(Fault(member="ReadValue", error=("org.freedesktop.DBus.Error.NoReply", "no"), times=1))
        assert dbus(await raised(main.read_gatt_char(table.NOTIFY)))[0].endswith("NoReply")


async def test_a_mute_peripheral_is_left_by_bluez_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """BlueZ tells resolved, unresolved, not connected and gone at once; bleak may see all of it, or take the first for
    success."""
    async with FakeBluez(peripherals=table.DESK, pace=Pace(att=SHORT)) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        mute = await client(table.MUTE.address)
        [error] = await asyncio.gather(mute.connect(), return_exceptions=True)
        assert error is None or str(error) in (
            "failed to discover services, device disconnected",
            "device 'dev_C0_00_00_00_00_04' not found",
        )
        await until(lambda: not mute.is_connected)
        await mute.disconnect()


async def test_another_program_holds_the_link_and_ends_it(desk: FakeBluez) -> None:
    device = await found(table.MAIN.address)
    ours = desk.adapters["hci0"].join(table.MAIN.address)
    await until(lambda: ours.gatt.resolved)
    gone = asyncio.Event()
    async with BleakClient(device, disconnected_callback=lambda _: gone.set()) as main:
        assert "Connect" not in [call.member for call in desk.calls]  # bleak sees that it is connected
        assert await main.read_gatt_char(table.NOTIFY) == b"n0"
        async with connected(desk.address) as other:
            await other.call("Disconnect", ours.path, "org.bluez.Device1")
        await asyncio.wait_for(gone.wait(), 5)
