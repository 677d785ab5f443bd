"""Who gets a characteristic's notifications, and the sockets that carry them or writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbus_fast import DBusError, Message

from bletui.testing.fakebluez.att import Request
from bletui.testing.fakebluez.objects import NOTHING, Answer, Method
from bletui.testing.fakebluez.peer import AttError
from bletui.testing.fakebluez.pipe import Pipe
from bletui.testing.fakebluez.refusals import IN_PROGRESS, NO_SESSION, NOT_SUPPORTED, att, not_permitted

if TYPE_CHECKING:
    from bletui.testing.fakebluez.characteristic import RemoteCharacteristic


class Sessions:
    """The clients that notify one characteristic; they stay over the end of a link, and are armed again at the next, as
    bluetoothd does it. A socket is one client's alone and ends with the link."""

    def __init__(self, characteristic: RemoteCharacteristic) -> None:
        self._char = characteristic
        self.clients: dict[str, bool] = {}  # and whether the peripheral has agreed
        self._notify: Pipe | None = None
        self._write: Pipe | None = None
        self._notifying = False

    @property
    def methods(self) -> dict[tuple[str, str], Method]:
        return {
            ("StartNotify", ""): self._start,
            ("StopNotify", ""): self._stop,
            ("AcquireNotify", "a{sv}"): self._acquire_notify,
            ("AcquireWrite", "a{sv}"): self._acquire_write,
        }

    @property
    def notifies(self) -> bool:
        return bool({"notify", "indicate"} & set(self._char.what.flags))

    @property
    def write_acquired(self) -> bool:
        return self._write is not None

    @property
    def lost(self) -> int:
        """Values that the client with the socket was too slow for."""
        return self._notify.lost if self._notify is not None else 0

    def notified(self, value: bytes) -> None:
        if self._notify is not None:
            self._notify.send(value)
        elif any(self.clients.values()):
            self._char.tell_value(value)

    def left(self, client: str) -> None:
        if self.clients.pop(client, None) is not None:
            self._settle()

    def rearm(self) -> None:
        """There is a link again; who could not be armed is heard of no more."""
        for client in list(self.clients):
            try:
                self._subscribe(True)
            except AttError:
                del self.clients[client]
            else:
                self.clients[client] = True
        self._settle()

    def unlinked(self) -> None:
        self.clients = dict.fromkeys(self.clients, False)
        self.close()

    def close(self) -> None:
        for pipe in (self._notify, self._write):
            if pipe is not None:
                pipe.close()

    def _start(self, message: Message) -> Answer | None:
        client = message.sender or ""
        if self._notify is not None:
            raise DBusError(*not_permitted("Notify acquired"))
        if not self.notifies:
            raise DBusError(*NOT_SUPPORTED)
        if client in self.clients:
            if not self.clients[client]:
                raise DBusError(*IN_PROGRESS)
            return NOTHING
        self.clients[client] = False
        if self._char.device.att is None:
            return NOTHING  # it is armed when there is a link

        def armed(_found: object) -> None:
            if client in self.clients:
                self.clients[client] = True
                self._settle()
            self._char.device.run.tree.reply(message)

        def refused(code: int) -> None:
            self.clients.pop(client, None)
            self._char.device.run.tree.refuse(message, att(code))

        self._char.att().request(Request(0.0, lambda: self._subscribe(True), armed, refused))
        return None

    def _stop(self, message: Message) -> Answer:
        if self.clients.pop(message.sender or "", None) is None:
            raise DBusError(*NO_SESSION)
        self._settle()
        return NOTHING

    def _settle(self) -> None:
        """`Notifying` says whether anybody is armed; nobody: the peripheral is told so."""
        armed = any(self.clients.values())
        if armed != self._notifying:
            self._notifying = armed
            self._char.change(Notifying=armed)
        if not armed and self._notify is None and self._char.device.att is not None:
            self._subscribe(False)

    def _subscribe(self, on: bool) -> None:
        self._char.device.peer.subscribe(self._char.handle, on, self._char.device.level)

    def _acquire_notify(self, message: Message) -> Answer | None:
        link = self._char.att()
        if "notify" not in self._char.what.flags:
            raise DBusError(*NOT_SUPPORTED)
        if self._notify is not None:
            raise DBusError(*not_permitted("Notify acquired"))
        if self.clients:
            raise DBusError(*IN_PROGRESS)

        def armed(_found: object) -> None:
            self._notify = Pipe(self._notify_closed)
            self._char.change(NotifyAcquired=True)
            self._hand_over(message, self._notify)

        def refused(code: int) -> None:
            self._char.device.run.tree.refuse(message, att(code))

        link.request(Request(0.0, lambda: self._subscribe(True), armed, refused))
        return None

    def _acquire_write(self, message: Message) -> None:
        self._char.att()
        if "write-without-response" not in self._char.what.flags:
            raise DBusError(*NOT_SUPPORTED)
        if self._write is not None:
            raise DBusError(*not_permitted("Write acquired"))
        self._write = Pipe(self._write_closed, self._char.command)
        self._char.change(WriteAcquired=True)
        self._hand_over(message, self._write)

    def _hand_over(self, message: Message, pipe: Pipe) -> None:
        mtu = self._char.device.peer.spec.mtu
        self._char.device.run.tree.reply(message, ("hq", [0, mtu]), [pipe.client_end])

    def _notify_closed(self) -> None:
        self._notify = None
        self._char.change(NotifyAcquired=False)
        if self._char.device.att is not None:
            self._subscribe(False)

    def _write_closed(self) -> None:
        self._write = None
        self._char.change(WriteAcquired=False)
