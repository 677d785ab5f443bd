"""org.bluez.Device1 as far as links go. Signals come only for devices that are watched: a scan changes thousands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, unpack_variants

from bletui.backends.local import native
from bletui.errors import Context
from bletui.failure import Failure

DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeviceAppeared:
    path: str
    connected: bool


@dataclass(frozen=True, slots=True)
class DeviceVanished:
    path: str


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    path: str
    changed: Properties


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Why a link ended, in BlueZ's words; 5.82 and later."""

    path: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class ServicesMoved:
    """A service came or went; `path` is its device's."""

    path: str


DeviceSignal = DeviceAppeared | DeviceVanished | DeviceChanged | Disconnected | ServicesMoved


def device_signal(message: Message) -> DeviceSignal | None:
    """What a signal says of devices; None: nothing."""
    match message.member, message.body:
        case "InterfacesAdded", [path, interfaces] if DEVICE in interfaces:
            connected = interfaces[DEVICE].get("Connected")
            return DeviceAppeared(path, getattr(connected, "value", None) is True)
        case "InterfacesRemoved", [path, interfaces] if DEVICE in interfaces:
            return DeviceVanished(path)
        case (("InterfacesAdded" | "InterfacesRemoved"), [path, interfaces]) if SERVICE in interfaces:
            return ServicesMoved(path.rpartition("/")[0])
        case "PropertiesChanged", [interface, changed, _] if interface == DEVICE:
            return DeviceChanged(message.path or "", unpack_variants(changed))
        case "Disconnected", [str(name), str(text)]:
            return Disconnected(message.path or "", name, text)
    return None


def path_of(adapter: str, address: str) -> str:
    return f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}"


def named(path: str) -> tuple[str, str] | None:
    """The adapter's name and the device's address in a device's path."""
    match path.split("/"):
        case ["", "org", "bluez", adapter, device] if device.startswith("dev_"):
            return adapter, device[4:].replace("_", ":")
    return None


def bonded(properties: Properties) -> bool | None:
    """BlueZ before 5.66 tells of pairing only, which is as good: it keeps the keys."""
    found = properties.get("Bonded", properties.get("Paired"))
    return found if isinstance(found, bool) else None


def low_energy(properties: Properties) -> bool:
    """Not a headset or a keyboard of the classic kind: these have a class of device."""
    return "Class" not in properties


def why(signal: Disconnected, context: Context) -> Failure:
    return native.link_ended(signal.name, signal.message, context)


class Arrivals:
    """Who waits for a device to be heard of."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def came(self, path: str) -> None:
        waiting = self._waiting.get(path)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    @contextmanager
    def expected(self, path: str) -> Iterator[asyncio.Future[None]]:
        """Done once it has come."""
        self._waiting[path] = asyncio.get_running_loop().create_future()
        try:
            yield self._waiting[path]
        finally:
            del self._waiting[path]
