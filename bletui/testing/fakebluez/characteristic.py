"""org.bluez.GattCharacteristic1: values; `sessions` has its notifications and sockets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.att import Att, Request
from bletui.testing.fakebluez.objects import NOTHING, Answer, Interface
from bletui.testing.fakebluez.peer import AttError
from bletui.testing.fakebluez.peripheral import Attribute, Characteristic
from bletui.testing.fakebluez.reading import Reading, offset_of, option
from bletui.testing.fakebluez.refusals import IN_PROGRESS, NOT_CONNECTED, NOT_SUPPORTED, UNSENT, att, not_permitted
from bletui.testing.fakebluez.sessions import Sessions

if TYPE_CHECKING:
    from bletui.testing.fakebluez.device import FakeDevice

CHARACTERISTIC = "org.bluez.GattCharacteristic1"
_OVERHEAD = 3  # bytes of an ATT write's header (Core, Vol 3 Part F, 3.4.5)


class RemoteCharacteristic:
    def __init__(self, device: FakeDevice, above: str, attribute: Attribute) -> None:
        assert isinstance(attribute.what, Characteristic)
        self.path = f"{above}/char{attribute.handle:04x}"
        self.handle = attribute.value_handle
        self.what = attribute.what
        self.device = device
        self.sessions = Sessions(self)
        self._above = above
        self._reading = Reading(device.run.tree, self._read, self.tell_value)
        self._writing = False

    def interfaces(self) -> dict[str, Interface]:
        properties: dict[str, Variant] = {
            "UUID": Variant("s", self.what.uuid),
            "Service": Variant("o", self._above),
            "Value": Variant("ay", b""),
            "Flags": Variant("as", list(self.what.flags)),
            "MTU": Variant("q", self.device.peer.spec.mtu),
        }
        if self.sessions.notifies:
            properties["Notifying"] = Variant("b", False)
        if "notify" in self.what.flags:
            properties["NotifyAcquired"] = Variant("b", False)
        if "write-without-response" in self.what.flags:
            properties["WriteAcquired"] = Variant("b", False)
        methods = {("ReadValue", "a{sv}"): self._read_called, ("WriteValue", "aya{sv}"): self._write_called}
        return {CHARACTERISTIC: Interface(properties, methods | self.sessions.methods)}

    def change(self, **changed: Any) -> None:
        """Tells boolean properties."""
        properties = {name: Variant("b", value) for name, value in changed.items()}
        self.device.run.tree.change(self.path, CHARACTERISTIC, properties)

    def tell_value(self, value: bytes) -> None:
        """Values that were read are told just as notified ones are; nothing tells them apart."""
        self.device.run.tree.change(self.path, CHARACTERISTIC, {"Value": Variant("ay", value)})

    def att(self) -> Att:
        if self.device.att is None:
            raise DBusError(*NOT_CONNECTED)
        return self.device.att

    def command(self, value: bytes) -> bool:
        """A write that nobody answers: a peripheral that can't take it drops it. False: it is too long."""
        if len(value) > self.device.peer.spec.mtu - _OVERHEAD:
            return False
        try:
            self.device.peer.write(self.handle, value, 0, self.device.level)
        except AttError:
            return True
        return True

    def _read_called(self, message: Message) -> None:
        self._reading.begin(self.att(), message, self.what.answers)

    def _read(self, offset: int) -> bytes:
        return self.device.peer.read(self.handle, offset, self.device.level)

    def _write_called(self, message: Message) -> Answer | None:
        """Which procedure it is: what the option `type` says, else what the flags offer."""
        link = self.att()
        if self._writing:
            raise DBusError(*IN_PROGRESS)
        if self.sessions.write_acquired:
            raise DBusError(*not_permitted("Write acquired"))
        value, offset = bytes(message.body[0]), offset_of(message.body[1])
        match option(message.body[1], "type", "s"):
            case "request" | "reliable":
                self._request(link, message, value, offset)
            case None if "write" in self.what.flags:
                self._request(link, message, value, offset)
            case "command":
                return self._send(value)
            case None if "write-without-response" in self.what.flags:
                return self._send(value)
            case _:
                raise DBusError(*NOT_SUPPORTED)
        return None

    def _send(self, value: bytes) -> Answer:
        if not self.command(value):
            raise DBusError(*UNSENT)
        return NOTHING

    def _request(self, link: Att, message: Message, value: bytes, offset: int) -> None:
        self._writing = True
        link.request(
            Request(
                self.what.answers,
                lambda: self.device.peer.write(self.handle, value, offset, self.device.level),
                partial(self._written, message),
                partial(self._unwritten, message),
            )
        )

    def _written(self, message: Message, _found: object) -> None:
        self._writing = False
        self.device.run.tree.reply(message)

    def _unwritten(self, message: Message, code: int) -> None:
        self._writing = False
        self.device.run.tree.refuse(message, att(code))
