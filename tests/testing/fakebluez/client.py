"""A client that shares no code with the double: plain D-Bus calls and the signals that come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from bletui.news import News

ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
HCI0 = "/org/bluez/hci0"


class Client:
    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.signals: list[Message] = []
        self._news = News()
        bus.add_message_handler(self._note)

    async def call(
        self, member: str, path: str = HCI0, interface: str = ADAPTER, signature: str = "", *body: Any
    ) -> Message:
        """The reply, whichever it is."""
        return await self.send("org.bluez", path, interface, member, signature, *body)

    async def send(self, to: str, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Message:
        message = Message(to, path, interface, member, signature=signature, body=list(body))
        async with asyncio.timeout(20):
            return await self.bus.call(message)

    async def discover(self) -> None:
        """Starts a discovery as bleak does, with a filter."""
        await self.call("SetDiscoveryFilter", HCI0, ADAPTER, "a{sv}", {"Transport": Variant("s", "le")})
        await self.call("StartDiscovery")

    async def managed(self) -> dict[str, dict[str, dict[str, Any]]]:
        reply = await self.call("GetManagedObjects", "/", "org.freedesktop.DBus.ObjectManager")
        objects: dict[str, dict[str, dict[str, Any]]] = reply.body[0]
        return objects

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until `true()` holds; it is looked at after each signal."""
        assert await self._news.until(true, 5), "not within 5 s"

    def members(self) -> list[str]:
        return [signal.member or "" for signal in self.signals if signal.sender != "org.freedesktop.DBus"]

    def changed(self, interface: str) -> list[tuple[str, dict[str, Any], list[str]]]:
        """Path, changed and dropped properties of each PropertiesChanged for `interface`."""
        found = [signal for signal in self.signals if signal.member == "PropertiesChanged"]
        return [
            (signal.path or "", {name: value.value for name, value in signal.body[1].items()}, signal.body[2])
            for signal in found
            if signal.body[0] == interface
        ]

    def _note(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL:
            self.signals.append(message)
            self._news.tell()


def said(reply: Message) -> tuple[str | None, Any]:
    """Name and text of an error reply; (None, body) of another."""
    return (reply.error_name, reply.body[0]) if reply.error_name else (None, reply.body)


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Client]:
    """A client that hears every signal of org.bluez and every change of a name's owner."""
    bus = await MessageBus(address, negotiate_unix_fd=True).connect()
    client = Client(bus)
    dbus = "org.freedesktop.DBus"
    for rule in ("type='signal',sender='org.bluez'", f"type='signal',sender='{dbus}',member='NameOwnerChanged'"):
        await client.send(dbus, "/org/freedesktop/DBus", dbus, "AddMatch", "s", rule)
    client.signals.clear()
    try:
        yield client
    finally:
        bus.disconnect()
        await asyncio.gather(bus.wait_for_disconnect(), return_exceptions=True)  # type: ignore[no-untyped-call]
