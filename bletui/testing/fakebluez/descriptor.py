"""org.bluez.GattDescriptor1."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.att import Att, Request
from bletui.testing.fakebluez.objects import Interface
from bletui.testing.fakebluez.peripheral import CCCD, Attribute
from bletui.testing.fakebluez.reading import Reading, offset_of
from bletui.testing.fakebluez.refusals import IN_PROGRESS, NOT_CONNECTED, att, not_permitted

if TYPE_CHECKING:
    from bletui.testing.fakebluez.device import FakeDevice

DESCRIPTOR = "org.bluez.GattDescriptor1"


class RemoteDescriptor:
    def __init__(self, device: FakeDevice, above: str, attribute: Attribute) -> None:
        self.path = f"{above}/desc{attribute.handle:04x}"
        self._device = device
        self._above = above
        self._attribute = attribute
        self._reading = Reading(device.run.tree, self._read, self._told)
        self._writing = False

    def interfaces(self) -> dict[str, Interface]:
        properties = {
            "UUID": Variant("s", self._attribute.what.uuid),
            "Characteristic": Variant("o", self._above),
            "Value": Variant("ay", b""),
        }
        methods = {("ReadValue", "a{sv}"): self._read_called, ("WriteValue", "aya{sv}"): self._write_called}
        return {DESCRIPTOR: Interface(properties, methods)}

    def _read_called(self, message: Message) -> None:
        self._reading.begin(self._att(), message, 0.0)

    def _read(self, offset: int) -> bytes:
        return self._device.peer.read(self._attribute.handle, offset, self._device.level)

    def _told(self, value: bytes) -> None:
        self._device.run.tree.change(self.path, DESCRIPTOR, {"Value": Variant("ay", value)})

    def _write_called(self, message: Message) -> None:
        link = self._att()
        if self._writing:
            raise DBusError(*IN_PROGRESS)
        if self._attribute.what.uuid == CCCD:  # StartNotify writes it
            raise DBusError(*not_permitted("Write not permitted"))
        value, offset = bytes(message.body[0]), offset_of(message.body[1])
        write = partial(self._device.peer.write, self._attribute.handle, value, offset, self._device.level)
        self._writing = True
        link.request(Request(0.0, write, partial(self._written, message), partial(self._unwritten, message)))

    def _written(self, message: Message, _found: object) -> None:
        self._writing = False
        self._device.run.tree.reply(message)

    def _unwritten(self, message: Message, code: int) -> None:
        self._writing = False
        self._device.run.tree.refuse(message, att(code))

    def _att(self) -> Att:
        if self._device.att is None:
            raise DBusError(*NOT_CONNECTED)
        return self._device.att
