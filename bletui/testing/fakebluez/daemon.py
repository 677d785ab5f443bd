"""The bluetoothd of the double: its place on the bus, its objects, and the calls it answers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import NamedTuple

from dbus_fast import DBusError, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus

from bletui.testing.fakebluez.adapter import FakeAdapter
from bletui.testing.fakebluez.agents import MANAGER as AGENTS
from bletui.testing.fakebluez.agents import Agents, Answered
from bletui.testing.fakebluez.bus import PrivateBus
from bletui.testing.fakebluez.faults import Distortion, Fault, Faults
from bletui.testing.fakebluez.monitors import MONITOR
from bletui.testing.fakebluez.objects import (
    OBJECT_MANAGER,
    PROPERTIES,
    ROOT,
    Answer,
    Interface,
    ObjectTree,
    Properties,
    get,
    get_all,
    put,
)
from bletui.testing.fakebluez.outbox import Outbox
from bletui.testing.fakebluez.peer import Peer
from bletui.testing.fakebluez.peripheral import AdapterSpec, Peripheral
from bletui.testing.fakebluez.refusals import UNKNOWN_METHOD, UNKNOWN_OBJECT
from bletui.testing.fakebluez.run import Known, Pace, Run

NAME = "org.bluez"
_CALLS_MAX = 10_000


class Called(NamedTuple):
    member: str
    path: str
    sender: str


class FakeBluez:
    """An org.bluez on a private bus: `async with FakeBluez() as fake:`, then `fake.address` for the client.

    Adapters given at first stay plugged in through `crash`, `stop` and `start`, and so do `peers`, the peripherals in
    the air by address; `known` is what bluetoothd keeps on disk, by the addresses of adapter and device. `calls` holds
    the newest calls that were received. Everything runs on the loop that entered the context.
    """

    def __init__(
        self,
        *adapters: AdapterSpec,
        peripherals: Iterable[Peripheral] = (),
        pace: Pace = Pace(),  # noqa: B008 - frozen
        policy: str = "",
        startable: bool = False,
    ) -> None:
        self.bus = PrivateBus(policy, startable=startable)
        self.plugged = {spec.name: spec for spec in adapters or (AdapterSpec(),)}
        self.adapters: dict[str, FakeAdapter] = {}
        self.peers = {spec.address: Peer(spec) for spec in peripherals}
        self.known: dict[tuple[str, str], Known] = {}
        self.calls: deque[Called] = deque(maxlen=_CALLS_MAX)
        self.pace = pace
        self.distortions: list[Distortion] = []
        self._faults = Faults()
        self._stack = AsyncExitStack()
        self._connection: MessageBus | None = None
        self._outbox: Outbox | None = None
        self._asked: dict[int, Answered] = {}  # by the serial of the call
        self._run = self._begin()

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
        connection = await MessageBus(self.address, negotiate_unix_fd=True).connect()
        self._run.timers.close()
        self._connection, self._outbox = connection, Outbox(connection)
        self._run = self._begin()
        connection.add_message_handler(self._receive)
        await connection.call(_match("type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''"))
        managers = {AGENTS: self._run.agents.interface, "org.bluez.ProfileManager1": Interface()}
        self._run.tree.add("/org/bluez", managers)
        await connection.request_name(NAME)
        for spec in self.plugged.values():
            self._appear(spec)

    async def crash(self) -> None:
        """bluetoothd dies: the bus says that its name has no owner, and nothing says that its objects are gone."""
        if self._connection is None or self._outbox is None:
            return
        connection, self._connection = self._connection, None
        self._outbox.close()
        self._end()
        await _leave(connection)

    async def replace(self) -> None:
        """Another bluetoothd takes over without a gap: one change of owner is told, and the new one knows nothing."""
        connection, outbox = self._connection, self._outbox
        assert connection is not None
        assert outbox is not None
        self._end()
        await self.start()  # in the queue for the name
        outbox.close()
        await _leave(connection)

    async def stop(self) -> None:
        """bluetoothd ends in order, as by `systemctl stop bluetooth`."""
        self._run.agents.release()
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

    def place(self, spec: Peripheral) -> Peer:
        """Switches a peripheral on, in place of one that had its address."""
        if spec.address in self.peers:
            self.take_away(spec.address)
        peer = self.peers[spec.address] = Peer(spec)
        for adapter in self.adapters.values():
            adapter.air(peer)
        return peer

    def take_away(self, address: str) -> None:
        """Its link is lost, and it never comes back."""
        self.peers[address.upper()].vanish()
        del self.peers[address.upper()]

    def tell(self, path: str, interface: str, changed: Properties, dropped: Sequence[str] = ()) -> None:
        """Sets and drops properties of an object with any value of any type, and says so in one signal."""
        self._run.tree.change(path, interface, changed, dropped)

    def distort(self, distortion: Distortion) -> None:
        """From now on; objects that are there already tell it with their next change of that property."""
        self.distortions.append(distortion)

    def inject(self, fault: Fault) -> None:
        self._faults.inject(fault)

    def mend(self) -> None:
        """Takes all faults and distortions away; calls that were left hanging stay so until the daemon ends."""
        self._faults.mend()
        self.distortions.clear()

    def _begin(self) -> Run:
        tree = ObjectTree(self._post, self.distortions)
        agents = Agents(self._send, self._pairable)
        return Run(tree=tree, agents=agents, pace=self.pace, air=self.peers, known=self.known, activate=self._activate)

    def _pairable(self, on: bool) -> None:
        """Adapters are pairable while there is an agent; that is told after the answer to who brought it."""
        for adapter in list(self.adapters.values()):
            self._run.timers.after(0, partial(adapter.set_pairable, on))

    def _end(self) -> None:
        """Nothing goes on without a daemon; the kernel ends its links."""
        self._run.timers.close()
        for adapter in self.adapters.values():
            adapter.close()
        self.adapters.clear()
        self._asked.clear()

    def _appear(self, spec: AdapterSpec) -> FakeAdapter:
        adapter = self.adapters[spec.name] = FakeAdapter(spec, self._run)
        adapter.appear()
        return adapter

    def _vanish(self, name: str) -> None:
        adapter = self.adapters.pop(name)
        adapter.set_powered(False)
        adapter.close()
        self._run.tree.remove(adapter.path)

    def _post(self, message: Message) -> None:
        if self._outbox is not None:
            self._outbox.post(message)

    def _send(self, message: Message, answered: Answered | None) -> None:
        """A call to a client."""
        if self._connection is None:
            return
        message.serial = self._connection.next_serial()
        if answered is not None:
            self._asked[message.serial] = answered
        self._post(message)

    def _activate(self, client: str, path: str) -> None:
        quiet = MessageFlag.NO_REPLY_EXPECTED
        self._post(Message(destination=client, path=path, interface=MONITOR, member="Activate", flags=quiet))

    def _receive(self, message: Message) -> bool:
        if message.message_type is MessageType.METHOD_CALL:
            self._called(message)
            return True
        if message.message_type is not MessageType.SIGNAL:
            answered = self._asked.pop(message.reply_serial or 0, None)
            if answered is not None:
                answered(message)
        elif message.member == "NameOwnerChanged":
            self._run.agents.forget(message.body[0])
            for adapter in self.adapters.values():
                adapter.forget(message.body[0])
        elif message.member == "InterfacesAdded":
            for adapter in self.adapters.values():
                adapter.monitors.exported(message)
                adapter.listen()
        return False

    def _called(self, message: Message) -> None:
        member, path = message.member or "", message.path or ""
        self.calls.append(Called(member, path, message.sender or ""))
        fault = self._faults.take(member, path)
        if fault is None:
            self._answer(message)
        elif not fault.hang:
            outbox = self._outbox
            asyncio.get_running_loop().call_later(fault.delay, self._answer_late, outbox, message, fault)

    def _answer_late(self, outbox: Outbox | None, message: Message, fault: Fault) -> None:
        if outbox is not self._outbox:
            return
        if fault.error is not None:
            self._run.tree.refuse(message, fault.error)
        elif fault.answer is not None:
            self._run.tree.reply(message, fault.answer)
        else:
            self._answer(message)

    def _answer(self, message: Message) -> None:
        try:
            answer = self._perform(message)
        except DBusError as refusal:
            self._run.tree.refuse(message, (refusal.type, refusal.text))
        else:
            if answer is not None:
                self._run.tree.reply(message, answer)

    def _perform(self, message: Message) -> Answer | None:
        path, member, signature = message.path or "", message.member or "", message.signature
        if (path, message.interface, member) == (ROOT, OBJECT_MANAGER, "GetManagedObjects"):
            return self._run.tree.managed(message)
        interfaces = self._run.tree.objects.get(path)
        missing = f'Method "{member}" with signature "{signature}" on interface "{message.interface}" doesn\'t exist\n'
        if interfaces is None:
            raise DBusError(UNKNOWN_OBJECT, missing)
        if message.interface == PROPERTIES:
            standard = {("Get", "ss"): get, ("GetAll", "s"): get_all, ("Set", "ssv"): put}
            if (member, signature) in standard:
                return standard[member, signature](interfaces, message)
        method = interfaces.get(message.interface or "", Interface()).methods.get((member, signature))
        if method is None:
            raise DBusError(UNKNOWN_METHOD, missing)
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
