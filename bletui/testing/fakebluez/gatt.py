"""The attributes of a connected device as D-Bus objects: org.bluez.GattService1 and what is below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbus_fast import Variant

from bletui.testing.fakebluez.characteristic import RemoteCharacteristic
from bletui.testing.fakebluez.descriptor import RemoteDescriptor
from bletui.testing.fakebluez.objects import Interface
from bletui.testing.fakebluez.peripheral import BASE_UUID, Placed

if TYPE_CHECKING:
    from bletui.testing.fakebluez.device import FakeDevice

SERVICE = "org.bluez.GattService1"
_CLAIMED = f"00001800{BASE_UUID}"  # the Generic Access service is bluetoothd's own, and not exported (profiles/gap)


class Gatt:
    """The tree of one device. Its objects stay when the link ends, since bluetoothd caches them (main.conf, [GATT]
    Cache is `always` by default); calls to them then say that nothing is connected."""

    def __init__(self, device: FakeDevice) -> None:
        self._device = device
        self.characteristics: dict[int, RemoteCharacteristic] = {}  # by value handle
        self._services: list[str] = []
        self.resolved = False

    def resolve(self) -> None:
        """Discovery is over: the objects appear, then the device says so."""
        peer = self._device.peer
        if not self._services:
            for placed in peer.table:
                if placed.service.uuid != _CLAIMED:
                    self._export(placed)
        self.resolved = True
        uuids = sorted({*self._device.advert.uuids, *(each.service.uuid for each in peer.table)})
        self._device.change({"UUIDs": Variant("as", uuids), "ServicesResolved": Variant("b", True)})
        for each in self.characteristics.values():
            each.sessions.rearm()

    def unresolve(self) -> None:
        """The link is over."""
        for each in self.characteristics.values():
            each.sessions.unlinked()
        if self.resolved:
            self.resolved = False
            self._device.change({"ServicesResolved": Variant("b", False)})

    def notified(self, handle: int, value: bytes) -> None:
        if handle in self.characteristics:
            self.characteristics[handle].sessions.notified(value)

    def left(self, client: str) -> None:
        """A client is off the bus."""
        for each in self.characteristics.values():
            each.sessions.left(client)

    def drop(self) -> None:
        """Takes the objects away, as where the cache is off, or the peripheral says that its services changed."""
        services = self._services[::-1]
        self.close()
        for service in services:
            self._device.run.tree.remove(service)

    def close(self) -> None:
        """Nothing is known of the services."""
        for each in self.characteristics.values():
            each.sessions.close()
        self.characteristics.clear()
        self._services.clear()
        self.resolved = False

    def _export(self, placed: Placed) -> None:
        tree = self._device.run.tree
        path = f"{self._device.path}/service{placed.handle:04x}"
        properties = {
            "Handle": Variant("q", placed.handle),
            "UUID": Variant("s", placed.service.uuid),
            "Device": Variant("o", self._device.path),
            "Primary": Variant("b", placed.service.primary),
            "Includes": Variant("ao", []),
        }
        self._services.append(path)
        tree.add(path, {SERVICE: Interface(properties)})
        for each in placed.characteristics:
            characteristic = RemoteCharacteristic(self._device, path, each)
            self.characteristics[each.value_handle] = characteristic
            tree.add(characteristic.path, characteristic.interfaces())
            for below in each.descriptors:
                descriptor = RemoteDescriptor(self._device, characteristic.path, below)
                tree.add(descriptor.path, descriptor.interfaces())
