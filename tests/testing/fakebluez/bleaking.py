"""Devices of the double as bleak finds them."""

from __future__ import annotations

from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.backends.device import BLEDevice
from dbus_fast import Message


async def found(address: str) -> BLEDevice:
    device = await BleakScanner.find_device_by_address(address, timeout=5, bluez={"adapter": "hci0"})
    assert device is not None
    return device


async def client(address: str, **options: Any) -> BleakClient:
    """A client that has yet to connect."""
    return BleakClient(await found(address), timeout=5, **options)


async def caught_up() -> None:
    """Returns when bleak has heard everything that bluetoothd said before."""
    manager = await get_global_bluez_manager()
    bus = manager._bus
    assert bus is not None
    await bus.call(Message("org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))
