"""A link's life in bleak, over and over."""

from __future__ import annotations

import asyncio

from bleak import BleakClient
from bleak.backends.device import BLEDevice

from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez import desk as table


async def live(fake: FakeBluez, device: BLEDevice, number: int) -> None:
    """Connects, reads, is notified by one way or the other, and leaves or is left."""
    heard, gone = asyncio.Event(), asyncio.Event()
    peer = fake.peers[table.MAIN.address]
    main = BleakClient(device, disconnected_callback=lambda _: gone.set(), timeout=10)
    async with asyncio.timeout(30):
        await main.connect()
        await main.read_gatt_char(table.NOTIFY)
        await main.start_notify(table.NOTIFY, lambda *_: heard.set(), bluez={"use_start_notify": number % 2 == 0})
        peer.notify(peer.handle(table.NOTIFY), b"x")
        await heard.wait()
        match number % 3:
            case 0:
                peer.drop()
                await gone.wait()
            case 1:
                await main.stop_notify(table.NOTIFY)
        await main.disconnect()  # after a drop too: else bleak keeps its connection to the bus, and its session there
        await gone.wait()
