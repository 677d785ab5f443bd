"""The attributes of a connected device as D-Bus objects: org.bluez.GattService1 and what is below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbus_fast import Variant

from bletui.testing.fakebluez.characteristic import RemoteCharacteristic
from bletui.testing.fakebluez.descriptor import RemoteDescriptor
from bletui.testing.fakebluez.heard import DEVICE
from bletui.testing.fakebluez.objects import Interface, Properties
from bletui.testing.fakebluez.peripheral import BASE_UUID, Placed

if TYPE_CHECKING:
    from bletui.testing.fakebluez.device import FakeDevice

SERVICE = "org.bluez.GattService1"
BATTERY = "org.bluez.Battery1"
_LEVEL = f"00002a19{BASE_UUID}"
_CLAIMED = f"00001800{BASE_UUID}"  # the Generic Access service is bluetoothd's own, and not exported (profiles/gap)


class Gatt:
    """The tree of one device. Its objects stay when the link ends, since bluetoothd caches them (main.conf, [GATT]
    Cache is `always` by default); calls to them then say that nothing is connected."""

    def __init__(self, device: FakeDevice) -> None:
        self._device = device
        self.characteristics: dict[int, RemoteCharacteristic] = {}  # by value handle
        self._services: list[str] = []
        self._then: Callable[[], object] | None = None
        self.resolved = False

    def resolve(self) -> None:
        """Discovery is over: the objects appear, then the device says so."""
        peer = self._device.peer
        for each in self.characteristics.values():
            each.sessions.rearm()
        self.resolved = True
        self._device.keep()
        first = peer.spec.resolved_first and not self._services
        if first:
            self._tell_resolved()
        if not self._services:
            for placed in peer.table:
                if placed.service.uuid != _CLAIMED:
                    self._export(placed)
        self._tell_battery()
        if not first:
            self._tell_resolved()
        then, self._then = self._then, None
        if then is not None:
            then()

    def resolve_nothing(self) -> None:
        self.resolved = True
        self._device.change({"ServicesResolved": Variant("b", True)})

    def when_resolved(self, then: Callable[[], object]) -> None:
        """At once if they are; never if the link ends before."""
        if self.resolved:
            then()
        else:
            self._then = then

    def unresolve(self) -> Properties:
        """The link is over; what is to be told of it."""
        self._then = None
        was, self.resolved = self.resolved, False
        return {"ServicesResolved": Variant("b", False)} if was else {}

    def unlink(self) -> None:
        """Notifications and sockets end with the link."""
        for each in self.characteristics.values():
            each.sessions.unlinked()

    def notified(self, handle: int, value: bytes) -> None:
        if handle in self.characteristics:
            self.characteristics[handle].sessions.notified(value)

    def left(self, client: str) -> None:
        """A client is off the bus."""
        for each in self.characteristics.values():
            each.sessions.left(client)

    def drop(self) -> None:
        """Takes the objects away, as where the cache is off, or the peripheral says that its services changed."""
        services = self._services[:]
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

    def _tell_battery(self) -> None:
        """bluetoothd reads a battery's level itself, and has an interface at the device while the link is up."""
        for handle, each in self._device.peer.attributes.items():
            if each.what.uuid == _LEVEL and len(value := self._device.peer.values[handle]) == 1:
                level = {"Percentage": Variant("y", value[0]), "Source": Variant("s", "GATT Battery Service")}
                self._device.run.tree.extend(self._device.path, BATTERY, Interface(level))
                return

    def _tell_resolved(self) -> None:
        held = self._device.run.tree.objects[self._device.path][DEVICE].properties
        services = {each.service.uuid for each in self._device.peer.table}
        uuids = Variant("as", sorted({*self._device.advert.uuids, *services}))
        news = {} if held["UUIDs"] == uuids else {"UUIDs": uuids}
        if self._device.known.bond is not None and not held["Paired"].value:
            news["Paired"] = Variant("b", True)
        self._device.change(news | {"ServicesResolved": Variant("b", True)})

    def _export(self, placed: Placed) -> None:
        tree = self._device.run.tree
        path = f"{self._device.path}/service{placed.handle:04x}"
        properties = {
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
