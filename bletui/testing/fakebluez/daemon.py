"""The bluetoothd of the double: its place on the bus, its objects, and the calls it answers."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from types import TracebackType
from typing import NamedTuple

from dbus_fast import DBusError, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus

from bletui.testing.fakebluez.adapter import AdapterSpec, FakeAdapter
from bletui.testing.fakebluez.bus import PrivateBus
from bletui.testing.fakebluez.faults import Fault, Faults
from bletui.testing.fakebluez.monitors import MONITOR
from bletui.testing.fakebluez.objects import (
    OBJECT_MANAGER,
    PROPERTIES,
    ROOT,
    Answer,
    Interface,
    ObjectTree,
    get,
    get_all,
    put,
)
from bletui.testing.fakebluez.outbox import Outbox

NAME = "org.bluez"
_CALLS_MAX = 10_000


class Called(NamedTuple):
    member: str
    path: str
    sender: str


class FakeBluez:
    """An org.bluez on a private bus: `async with FakeBluez() as fake:`, then `fake.address` for the client.

    Adapters given at first stay plugged in through `crash`, `stop` and `start`. `calls` holds the newest calls that
    were received. Everything runs on the loop that entered the context.
    """

    def __init__(self, *adapters: AdapterSpec, policy: str = "", startable: bool = False) -> None:
        self.bus = PrivateBus(policy, startable=startable)
        self.plugged = {spec.name: spec for spec in adapters or (AdapterSpec(),)}
        self.adapters: dict[str, FakeAdapter] = {}
        self.calls: deque[Called] = deque(maxlen=_CALLS_MAX)
        self._faults = Faults()
        self._stack = AsyncExitStack()
        self._connection: MessageBus | None = None
        self._outbox: Outbox | None = None
        self._tree = ObjectTree(self._post)

    @property
    def address(self) -> str:
        return self.bus.address

    async def __aenter__(self) -> FakeBluez:
        await self._stack.enter_async_context(self.bus)
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.crash()
        await self._stack.aclose()

    async def start(self) -> None:
        """Starts bluetoothd: it takes its name first and finds its adapters after that."""
        connection = await MessageBus(self.address).connect()
        self._connection, self._outbox = connection, Outbox(connection)
        self._tree = ObjectTree(self._post)
        connection.add_message_handler(self._receive)
        await connection.call(_match("type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''"))
        self._tree.add("/org/bluez", {"org.bluez.AgentManager1": Interface(), "org.bluez.ProfileManager1": Interface()})
        await connection.request_name(NAME)
        for spec in self.plugged.values():
            self._appear(spec)

    async def crash(self) -> None:
        """bluetoothd dies: the bus says that its name has no owner, and nothing says that its objects are gone."""
        if self._connection is None or self._outbox is None:
            return
        connection, self._connection = self._connection, None
        self._outbox.close()
        self.adapters.clear()
        await _leave(connection)

    async def replace(self) -> None:
        """Another bluetoothd takes over without a gap: one change of owner is told, and the new one knows nothing."""
        connection, outbox = self._connection, self._outbox
        assert connection is not None
        assert outbox is not None
        await self.start()  # in the queue for the name
        outbox.close()
        await _leave(connection)

    async def stop(self) -> None:
        """bluetoothd ends in order, as by `systemctl stop bluetooth`."""
        for name in list(self.adapters):
            self._vanish(name)
        await self.drained()
        await self.crash()

    async def drained(self) -> None:
        """Returns when everything said so far is on its way to the bus."""
        if self._outbox is not None:
            await self._outbox.drained()

    def plug(self, spec: AdapterSpec) -> FakeAdapter:
        self.plugged[spec.name] = spec
        return self._appear(spec)

    def unplug(self, name: str) -> None:
        del self.plugged[name]
        self._vanish(name)

    def inject(self, fault: Fault) -> None:
        self._faults.inject(fault)

    def mend(self) -> None:
        """Takes all faults away; calls that were left hanging stay so until the daemon ends."""
        self._faults.mend()

    def _appear(self, spec: AdapterSpec) -> FakeAdapter:
        adapter = self.adapters[spec.name] = FakeAdapter(spec, self._tree, self._activate)
        self._tree.add(adapter.path, adapter.interfaces())
        return adapter

    def _vanish(self, name: str) -> None:
        adapter = self.adapters.pop(name)
        adapter.set_powered(False)
        self._tree.remove(adapter.path)

    def _post(self, message: Message) -> None:
        if self._outbox is not None:
            self._outbox.post(message)

    def _activate(self, client: str, path: str) -> None:
        quiet = MessageFlag.NO_REPLY_EXPECTED
        self._post(Message(destination=client, path=path, interface=MONITOR, member="Activate", flags=quiet))

    def _receive(self, message: Message) -> bool:
        if message.message_type is MessageType.METHOD_CALL:
            self._called(message)
            return True
        if message.member == "NameOwnerChanged":
            for adapter in self.adapters.values():
                adapter.forget(message.body[0])
        elif message.member == "InterfacesAdded":
            for adapter in self.adapters.values():
                adapter.monitors.exported(message)
        return False

    def _called(self, message: Message) -> None:
        member, path = message.member or "", message.path or ""
        self.calls.append(Called(member, path, message.sender or ""))
        fault = self._faults.take(member, path)
        if fault is None:
            self._answer(message)
        elif not fault.hang:
            outbox = self._outbox
            asyncio.get_running_loop().call_later(fault.delay, self._answer_late, outbox, message, fault.error)

    def _answer_late(self, outbox: Outbox | None, message: Message, error: tuple[str, str] | None) -> None:
        if outbox is self._outbox:
            self._answer(message, error)

    def _answer(self, message: Message, error: tuple[str, str] | None = None) -> None:
        if error is not None:
            self._post(Message.new_error(message, *error))
            return
        try:
            signature, body = self._perform(message)
        except DBusError as refusal:
            self._post(Message.new_error(message, refusal.type, refusal.text))
        else:
            self._post(Message.new_method_return(message, signature, body))

    def _perform(self, message: Message) -> Answer:
        path, member, signature = message.path or "", message.member or "", message.signature
        if (path, message.interface, member) == (ROOT, OBJECT_MANAGER, "GetManagedObjects"):
            return self._tree.managed(message)
        interfaces = self._tree.objects.get(path)
        missing = f'Method "{member}" with signature "{signature}" on interface "{message.interface}" doesn\'t exist\n'
        if interfaces is None:
            raise DBusError("org.freedesktop.DBus.Error.UnknownObject", missing)
        if message.interface == PROPERTIES:
            standard = {("Get", "ss"): get, ("GetAll", "s"): get_all, ("Set", "ssv"): put}
            if (member, signature) in standard:
                return standard[member, signature](interfaces, message)
        method = interfaces.get(message.interface or "", Interface()).methods.get((member, signature))
        if method is None:
            raise DBusError("org.freedesktop.DBus.Error.UnknownMethod", missing)
        if member == "RegisterMonitor":
            rule = f"type='signal',sender='{message.sender}',member='InterfacesAdded'"
            self._post(_match(rule, MessageFlag.NO_REPLY_EXPECTED))
        return method(message)


def _match(rule: str, flags: MessageFlag = MessageFlag.NONE) -> Message:
    return Message(
        destination="org.freedesktop.DBus", path="/org/freedesktop/DBus", interface="org.freedesktop.DBus",
        member="AddMatch", signature="s", body=[rule], flags=flags,
    )  # fmt: skip


async def _leave(connection: MessageBus) -> None:
    connection.disconnect()
    ended = connection.wait_for_disconnect()  # type: ignore[no-untyped-call]
    await asyncio.gather(ended, return_exceptions=True)  # the bus may have gone before
