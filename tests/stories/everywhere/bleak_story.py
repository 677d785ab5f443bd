"""bleak's own story, with nothing of ours in between: BlueZ's double and the real one must tell it the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final

from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDBusError, BleakGATTProtocolError

from tests.stories.everywhere.devices import Cast

WITHIN: Final = 20.0

# What bleak tells on both. An error is its class, then BlueZ's name and text or ATT's code.
SHEET: Final = (
    "found",
    "connected",
    "read: 1 or more bytes",
    "written and read back",
    "read what cannot be read: ATT 0x02",
    "read without being authorized: ATT 0x08",
    "write a value of the wrong length: ATT 0x0d",
    "write what the device refuses: ATT 0x80",
    "write 600 bytes: ATT 0x0d",
    "notify what does not: org.bluez.Error.NotSupported: Operation is not supported",
    "stop what was not started: org.bluez.Error.Failed: No notify session started",
    "read a handle that is not there: BleakCharacteristicNotFoundError",
    "connect again: BleakError: Client is already connected",
    "notified",
    "disconnected",
    "read after that: BleakError: Service Discovery has not been performed yet",
    "notify after that: BleakError: Not connected",
    "connected",
    "dropped",
    "connected",
    "disconnected",
)


class BleakStory:
    """Plays on one adapter; `lines` is what was told so far."""

    def __init__(self, cast: Cast, adapter: str) -> None:
        self._cast = cast
        self._adapter = adapter
        self.lines: list[str] = []

    async def play(self) -> list[str]:
        cast = self._cast
        device = await self._found()
        gone = asyncio.Event()
        client = BleakClient(device, lambda _: gone.set(), timeout=WITHIN)
        await self._connected(client)
        await self._values(client)
        await self._refusals(client)
        await self._notified(client)
        await client.disconnect()
        self._say("disconnected")
        await self._refused("read after that", client.read_gatt_char(cast.readable))
        await self._refused("notify after that", client.start_notify(cast.notifying, _ignored))
        await self._connected(client)
        gone.clear()
        await client.write_gatt_char(cast.ordered, cast.order, response=True)
        async with asyncio.timeout(WITHIN):
            await gone.wait()
        self._say("dropped")
        await client.disconnect()
        await self._connected(client)
        await client.disconnect()
        self._say("disconnected")
        return self.lines

    async def _found(self) -> BLEDevice:
        bluez: Any = {"adapter": self._adapter}
        found = await BleakScanner.find_device_by_address(self._cast.values, timeout=WITHIN, bluez=bluez)
        assert found is not None
        self._say("found")
        return found

    async def _connected(self, client: BleakClient) -> None:
        await client.connect()
        self._say("connected")

    async def _values(self, client: BleakClient) -> None:
        cast = self._cast
        value = await client.read_gatt_char(_first(client, cast.readable))
        self._say("read: 1 or more bytes" if value else "read: nothing")
        await client.write_gatt_char(cast.writable, cast.settled, response=True)
        same = bytes(await client.read_gatt_char(cast.writable)) == cast.settled
        self._say("written and read back" if same else "written and lost")

    async def _refusals(self, client: BleakClient) -> None:
        cast = self._cast
        await self._refused("read what cannot be read", client.read_gatt_char(cast.unreadable))
        await self._refused("read without being authorized", client.read_gatt_char(cast.guarded))
        await self._refused(
            "write a value of the wrong length", client.write_gatt_char(cast.short, cast.long, response=True)
        )
        await self._refused(
            "write what the device refuses", client.write_gatt_char(cast.refusing, b"\x01", response=True)
        )
        await self._refused("write 600 bytes", client.write_gatt_char(cast.writable, bytes(600), response=True))
        still = _first(client, cast.readable)
        await self._refused("notify what does not", client.start_notify(still, _ignored))
        await self._refused("stop what was not started", client.stop_notify(cast.notifying))
        await self._refused("read a handle that is not there", client.read_gatt_char(9999))
        await self._refused("connect again", client.connect())

    async def _notified(self, client: BleakClient) -> None:
        came = asyncio.Event()
        await client.start_notify(self._cast.notifying, lambda *_: came.set())
        async with asyncio.timeout(WITHIN):
            await came.wait()
        await client.stop_notify(self._cast.notifying)
        self._say("notified")

    async def _refused(self, what: str, call: Awaitable[object]) -> None:
        try:
            result = await call
        except Exception as error:  # whatever it is, it is a line of the story
            self._say(f"{what}: {named(error)}")
        else:
            self._say(f"{what}: it worked, with {result!r}")

    def _say(self, line: str) -> None:
        self.lines.append(line)


def named(error: Exception) -> str:
    match error:
        case BleakGATTProtocolError():
            return f"ATT 0x{int(error.code):02x}"
        case BleakDBusError():
            return f"{error.dbus_error}: {error.args[1]}"
    kind, words = type(error).__name__, str(error)
    return kind if kind != "BleakError" else f"{kind}: {words}"


def _first(client: BleakClient, uuid: str) -> int:
    """The lowest handle with that UUID: bleak refuses one that several have."""
    return min(each.handle for each in client.services.characteristics.values() if each.uuid == uuid)


def _ignored(*_: object) -> None:
    """A notification that nobody waits for."""
