"""One walk of a plain D-Bus client through BlueZ, told as lines: calls, answers, signals and an agent's questions, in
the order in which they came. The same walk goes through the double and through a real bluetoothd; it needs dbus-fast
and, of the air, the peripherals of tests/bluez_vm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

HCI0 = "/org/bluez/hci0"
AGENT = "/walk/agent"
ADAPTER, DEVICE, CHARACTERISTIC = "org.bluez.Adapter1", "org.bluez.Device1", "org.bluez.GattCharacteristic1"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
PASSKEY = 123456

_HEARD = {"RSSI", "TxPower", "ManufacturerData", "ServiceData", "Name", "Alias"}
_STANDARD = {"org.freedesktop.DBus.Properties", "org.freedesktop.DBus.Introspectable"}

Steer = Callable[..., Awaitable[object]]


def device(number: int) -> str:
    return f"{HCI0}/dev_C0_00_00_00_00_{number:02X}"


MAIN, DROP, GHOST, PAIR, REJECT, SECOND, COMPARE = (device(number) for number in (1, 2, 3, 5, 6, 7, 9))


def uuid(number: int) -> str:
    return f"bbbb{number:04x}-0000-1000-8000-00805f9b34fb"


def shown(value: Any) -> str:
    match value:
        case Variant():
            return f"<{value.signature} {shown(value.value)}>"
        case bytes() | bytearray():
            return f"{len(value)} bytes" if len(value) > 32 else f"0x{value.hex()}"
        case dict():
            return "{" + ", ".join(f"{name}: {shown(value[name])}" for name in sorted(value)) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(shown, value)) + "]"
        case str():
            return value.replace(f"{HCI0}/dev_C0_00_00_00_00_", "")
    return str(value)


class Walker:
    """`quiet`: seconds without a line after which nothing more is expected. Lines are of devices below `watched`."""

    def __init__(self, bus: MessageBus, quiet: float) -> None:
        self.lines: list[str] = []
        self.quiet = quiet
        self.watched: str | None = None
        self.replies: dict[str, tuple[str, list[Any]] | str | None] = {}
        self.asked = asyncio.Event()
        self._bus = bus
        self._calls: dict[int, str] = {}
        self._names: dict[str, str] = {}
        self._line = asyncio.Event()
        bus.add_message_handler(self._receive)

    async def scene(self, title: str, *, watched: str | None) -> None:
        await self.settled()
        self.watched = watched
        self.lines.append(f"== {title}")

    async def settled(self) -> None:
        while True:
            self._line.clear()
            try:
                await asyncio.wait_for(self._line.wait(), self.quiet)
            except TimeoutError:
                return

    async def call(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> Message:
        message = Message("org.bluez", path, interface, member, signature=signature, body=list(body))
        message.serial = self._bus.next_serial()
        if self.watched is not None:
            self._calls[message.serial] = member
            self._tell(f"> {member} {shown(path)}{_with(body)}")
        return await self._bus.call(message)

    async def ask(self, path: str, member: str) -> Message:
        return await self.call(path, DEVICE, member)

    async def att(self, path: str, member: str, signature: str = "", *body: Any) -> Message:
        return await self.call(path, CHARACTERISTIC, member, signature, *body)

    async def read(self, path: str) -> Message:
        return await self.att(path, "ReadValue", "a{sv}", {})

    async def write(self, path: str, value: bytes, **options: Variant) -> Message:
        return await self.att(path, "WriteValue", "aya{sv}", value, options)

    async def managed(self) -> dict[str, dict[str, dict[str, Variant]]]:
        reply = await self._bus.call(Message("org.bluez", "/", OBJECTS, "GetManagedObjects"))
        objects: dict[str, dict[str, dict[str, Variant]]] = reply.body[0]
        return objects

    async def seen(self, *paths: str) -> None:
        """Scans, in silence, until they are there."""
        await self.settled()
        watched, self.watched = self.watched, None
        await self.call(HCI0, ADAPTER, "SetDiscoveryFilter", "a{sv}", {"Transport": Variant("s", "le")})
        await self.call(HCI0, ADAPTER, "StartDiscovery")
        while not set(paths) <= (await self.managed()).keys():
            await asyncio.sleep(0.02)
        await self.call(HCI0, ADAPTER, "StopDiscovery")
        await self.settled()
        self.watched = watched

    async def resolved(self, path: str) -> None:
        while not (await self.managed())[path][DEVICE]["ServicesResolved"].value:
            await asyncio.sleep(0.02)
        await self.settled()

    async def linked(self, path: str) -> None:
        """Connects in silence."""
        await self.seen(path)
        watched, self.watched = self.watched, None
        await self.ask(path, "Connect")
        await self.resolved(path)
        self.watched = watched

    async def char(self, path: str, number: int) -> str:
        """The first characteristic below the device with that UUID."""
        found = [
            at
            for at, held in (await self.managed()).items()
            if at.startswith(path) and held.get(CHARACTERISTIC, {}).get("UUID") == Variant("s", uuid(number))
        ]
        self._names[shown(min(found))] = f"{shown(path)}/{number:04x}"
        return min(found)

    def story(self) -> list[str]:
        """The lines, with characteristics by their UUIDs: handles depend on what else a peripheral has."""
        told = "\n".join(self.lines)
        for path, name in self._names.items():
            told = told.replace(path, name)
        return told.split("\n")

    def _receive(self, message: Message) -> Message | bool:
        match message.message_type:
            case MessageType.METHOD_CALL if message.path == AGENT:
                return self._question(message)
            case MessageType.SIGNAL if message.sender != "org.freedesktop.DBus":
                self._signal(message)
            case MessageType.METHOD_RETURN | MessageType.ERROR if message.reply_serial in self._calls:
                member = self._calls.pop(message.reply_serial or 0)
                self._tell(f"< {member} {message.error_name or 'ok'}{_with(message.body)}")
        return False

    def _question(self, message: Message) -> Message | bool:
        number = message.member == "RequestConfirmation"
        self._tell(f"agent {message.member}{_with(message.body[:1] if number else message.body)}")
        self.asked.set()
        match self.replies.get(message.member or "", ("", [])):
            case None:
                return True
            case str(name):
                return Message.new_error(message, name, "no")
            case signature, body:
                return Message.new_method_return(message, signature, body)

    def _signal(self, message: Message) -> None:
        if self.watched is None:
            return
        path = (message.path or "") if message.member == "PropertiesChanged" else message.body[0]
        if not path.startswith(self.watched):
            return
        match message.member:
            case "PropertiesChanged" if told := {n: v for n, v in message.body[1].items() if n not in _HEARD}:
                self._tell(f"{shown(path)} {shown(told)}")
            case "InterfacesAdded":
                for name in sorted(message.body[1].keys() - _STANDARD):
                    self._tell(f"+ {shown(path)} {name} {shown(_stable(message.body[1][name]))}")
            case "InterfacesRemoved":
                self._tell(f"- {shown(path)} {shown(sorted(set(message.body[1]) - _STANDARD))}")

    def _tell(self, line: str) -> None:
        if self.watched is not None:
            self.lines.append(line)
        self._line.set()


def _with(body: Any) -> str:
    return "".join(f" {shown(each).strip()}" for each in body)


def _stable(properties: dict[str, Variant]) -> dict[str, Variant]:
    """Without what BlueZ read of the peripheral by itself."""
    return {name: value for name, value in properties.items() if name != "Value"}


async def walk(steer: Steer, quiet: float) -> list[str]:
    from tests.testing.fakebluez.scenes import SCENES

    bus = await MessageBus(bus_type=BusType.SYSTEM, negotiate_unix_fd=True).connect()
    walker = Walker(bus, quiet)
    rule = "type='signal',sender='org.bluez'"
    dbus = "org.freedesktop.DBus"
    await bus.call(Message(dbus, "/org/freedesktop/DBus", dbus, "AddMatch", signature="s", body=[rule]))
    for scene in SCENES:
        await scene(walker, steer)
    await walker.settled()
    bus.disconnect()
    await asyncio.gather(bus.wait_for_disconnect(), return_exceptions=True)  # type: ignore[no-untyped-call]
    return walker.story()
