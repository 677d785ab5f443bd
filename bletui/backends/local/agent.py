"""org.bluez.Agent1: bluetoothd's questions while a device is paired."""

# No `from __future__ import annotations`: dbus-fast reads the D-Bus types from these annotations.
from typing import Protocol

from dbus_fast import DBusError
from dbus_fast.annotations import DBusObjectPath, DBusStr, DBusUInt16, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method

PATH = "/org/bletui/agent"
CAPABILITY = "KeyboardDisplay"
REJECTED = "org.bluez.Error.Rejected"


class Desk(Protocol):
    """Who answers; None: nobody does, or the answer is no."""

    async def passkey(self, device: str) -> int | None: ...

    async def same(self, device: str, number: int) -> bool: ...

    def show(self, device: str, passkey: int) -> None: ...

    def ours(self, device: str) -> bool: ...

    def withdrawn(self) -> None: ...


class Agent(ServiceInterface):
    """Answers for devices that we have a link to or pair, and for no others."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("org.bluez.Agent1")
        self._desk = desk

    @dbus_method(name="RequestPasskey")
    async def request_passkey(self, device: DBusObjectPath) -> DBusUInt32:
        found = await self._desk.passkey(device)
        if found is None:
            raise DBusError(REJECTED, "no passkey")
        return found

    @dbus_method(name="DisplayPasskey")
    def display_passkey(self, device: DBusObjectPath, passkey: DBusUInt32, _entered: DBusUInt16) -> None:
        self._desk.show(device, passkey)

    @dbus_method(name="RequestConfirmation")
    async def request_confirmation(self, device: DBusObjectPath, passkey: DBusUInt32) -> None:
        if not await self._desk.same(device, passkey):
            raise DBusError(REJECTED, "not the same number")

    @dbus_method(name="RequestAuthorization")
    def request_authorization(self, device: DBusObjectPath) -> None:
        """Just works, on a link of ours: who reads what asks for a key wants one."""
        if not self._desk.ours(device):
            raise DBusError(REJECTED, "not our link")

    @dbus_method(name="AuthorizeService")
    def authorize_service(self, _device: DBusObjectPath, _uuid: DBusStr) -> None:
        raise DBusError(REJECTED, "no classic profiles here")

    @dbus_method(name="RequestPinCode")
    def request_pin_code(self, _device: DBusObjectPath) -> DBusStr:
        raise DBusError(REJECTED, "no classic pairing here")

    @dbus_method(name="DisplayPinCode")
    def display_pin_code(self, _device: DBusObjectPath, _pincode: DBusStr) -> None:
        raise DBusError(REJECTED, "no classic pairing here")

    @dbus_method(name="Cancel")
    def cancel(self) -> None:
        self._desk.withdrawn()

    @dbus_method(name="Release")
    def release(self) -> None:
        self._desk.withdrawn()
