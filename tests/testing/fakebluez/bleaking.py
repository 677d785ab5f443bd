"""Devices of the double as bleak finds them."""

from __future__ import annotations

from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice


async def found(address: str) -> BLEDevice:
    device = await BleakScanner.find_device_by_address(address, timeout=5, bluez={"adapter": "hci0"})
    assert device is not None
    return device


async def client(address: str, **options: Any) -> BleakClient:
    """A client that has yet to connect."""
    return BleakClient(await found(address), timeout=5, **options)
