"""The system bus: one connection, four match rules and one more per link, and no call that nobody asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dbus_fast import BusType, Message, MessageFlag, MessageType, unpack_variants
from dbus_fast.aio import MessageBus
from dbus_fast.auth import AuthExternal
from dbus_fast.service import ServiceInterface

from bletui.backends.local import native
from bletui.backends.local.adapters import ADAPTER, MONITORS, Properties
from bletui.backends.local.devices import DEVICE, DeviceSignal, device_signal
from bletui.errors import Context
from bletui.failure import BleError

BLUEZ = "org.bluez"
DBUS = "org.freedesktop.DBus"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

_RULES = (
    f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',member='PropertiesChanged',arg0='{ADAPTER}'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECTS}',member='InterfacesAdded'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECTS}',member='InterfacesRemoved'",
)


def address() -> str:
    """Where the system bus is (D-Bus Specification, Well-known Message Bus Instances)."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/var/run/dbus/system_bus_socket"


def _auth() -> AuthExternal:
    """With the uid that bleak is told to show where a user namespace has another one."""
    uid = os.environ.get("BLEAK_DBUS_AUTH_UID", "")
    return AuthExternal(int(uid) if uid.isdecimal() else None)


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """bluetoothd came (`owner` is its unique name) or went ("")."""

    owner: str


@dataclass(frozen=True, slots=True)
class AdapterAppeared:
    path: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class AdapterVanished:
    path: str


@dataclass(frozen=True, slots=True)
class AdapterChanged:
    path: str
    changed: Properties
    dropped: tuple[str, ...]


Change = OwnerChanged | AdapterAppeared | AdapterVanished | AdapterChanged | DeviceSignal


def change(message: Message) -> Change | None:
    """What a signal says of adapters and devices; None: nothing."""
    match message.member, message.body:
        case "NameOwnerChanged", [name, _, owner] if name == BLUEZ:
            return OwnerChanged(owner)
        case "InterfacesAdded", [path, interfaces] if ADAPTER in interfaces:
            return AdapterAppeared(path, _adapter(interfaces))
        case "InterfacesRemoved", [path, interfaces] if ADAPTER in interfaces:
            return AdapterVanished(path)
        case "PropertiesChanged", [interface, changed, dropped] if interface == ADAPTER:
            return AdapterChanged(message.path or "", unpack_variants(changed), tuple(dropped))
    return device_signal(message)


def _adapter(interfaces: Mapping[str, Any]) -> Properties:
    held: dict[str, object] = unpack_variants(interfaces[ADAPTER])
    return held | ({MONITORS: True} if MONITORS in interfaces else {})


class SystemBus:
    """One connection. Everything that fails is a `BleError`, within the given context and number of seconds."""

    def __init__(self, context: Context, on_change: Callable[[Change], None], within: float) -> None:
        self._context = context
        self._within = within
        self._on_change = on_change
        self._bus: MessageBus | None = None

    async def connect(self) -> None:
        """Connects and listens; adapter.missing without a bus, adapter.denied where it turns us away."""
        try:
            async with asyncio.timeout(self._within):
                self._bus = await MessageBus(bus_type=BusType.SYSTEM, auth=_auth()).connect()
        except TimeoutError:
            silent = native.no_reply("Hello", self._within, "scan", self._context)
            raise BleError(replace(silent, detail=f"the system bus at {address()}")) from None
        except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
            failure = native.raised(error, "scan", self._context)
            raise BleError(replace(failure, detail=f"the system bus at {address()}")) from error
        self._bus.add_message_handler(self._receive)
        for rule in _RULES:
            await self.call(DBUS, "/org/freedesktop/DBus", DBUS, "AddMatch", "s", [rule])

    async def objects(self, *, activate: bool) -> tuple[dict[str, Properties], dict[str, Properties]]:
        """Properties of every adapter and of every device, by path. `activate`: the bus may start bluetoothd for it."""
        flags = MessageFlag.NONE if activate else MessageFlag.NO_AUTOSTART
        [objects] = await self.call(BLUEZ, "/", OBJECTS, "GetManagedObjects", flags=flags)
        found: Mapping[str, Any] = objects
        adapters = {path: _adapter(held) for path, held in found.items() if ADAPTER in held}
        return adapters, {path: unpack_variants(held[DEVICE]) for path, held in found.items() if DEVICE in held}

    async def device(self, path: str, operation: str) -> Properties | None:
        """What BlueZ knows of a device; None: nothing."""
        try:
            [found] = await self.call(BLUEZ, path, PROPERTIES, "GetAll", "s", [DEVICE], operation=operation)
        except BleError as error:
            if error.failure.code.rpartition(".")[2] in ("UnknownObject", "UnknownMethod"):
                return None
            raise
        held: Properties = unpack_variants(found)
        return held

    async def get(self, path: str, interface: str, name: str, operation: str) -> object:
        """A property as it is now; None where the object has none of that name (it is newer than this bluetoothd)."""
        try:
            [found] = await self.call(BLUEZ, path, PROPERTIES, "Get", "ss", [interface, name], operation=operation)
        except BleError as error:
            if error.failure.code.rpartition(".")[2] in ("InvalidArgs", "UnknownProperty", "UnknownObject"):
                return None
            raise
        return unpack_variants(found)

    async def watch(self, path: str, *, on: bool) -> None:
        """Has every signal of one object sent to us, or no longer."""
        rule = f"type='signal',sender='{BLUEZ}',path='{path}'"
        member = "AddMatch" if on else "RemoveMatch"
        await self.call(DBUS, "/org/freedesktop/DBus", DBUS, member, "s", [rule], operation="connect")

    async def call(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: list[Any] | None = None,
        flags: MessageFlag = MessageFlag.NONE,
        *,
        operation: str = "scan",
        context: Context | None = None,
        within: float | None = -1,
    ) -> list[Any]:
        """The body of the answer. `within` None: as long as it takes; -1: the usual."""
        assert self._bus is not None
        around = context or self._context
        limit = self._within if within == -1 else within
        message = Message(destination, path, interface, member, signature=signature, body=body or [], flags=flags)
        try:
            async with asyncio.timeout(limit):
                reply = await self._bus.call(message)
        except TimeoutError:
            raise BleError(native.no_reply(member, limit or 0.0, operation, around)) from None
        except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
            raise BleError(native.raised(error, operation, around)) from error
        if reply is None:  # dbus-fast's answer when the connection ends without an error
            raise BleError(native.raised(EOFError(), operation, around))
        if reply.message_type is MessageType.ERROR:
            raise BleError(native.refused(reply.error_name or "", reply.body, member, operation, around))
        return reply.body

    def export(self, path: str, interface: ServiceInterface) -> None:
        """Offers an object of ours to bluetoothd."""
        assert self._bus is not None
        self._bus.export(path, interface)

    async def lost(self) -> BleError:
        """Returns when the connection is over, with what ended it."""
        assert self._bus is not None
        try:
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        except Exception as error:  # any fault of the socket ends it; this is where it gets its name
            return BleError(native.raised(error, "scan", self._context))
        return BleError(native.raised(EOFError(), "scan", self._context))

    async def close(self) -> None:
        if self._bus is not None:
            self._bus.disconnect()
            await self.lost()

    def _receive(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and (said := change(message)) is not None:
            self._on_change(said)
