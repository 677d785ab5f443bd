"""org.bluez.AgentManager1, and the calls that pairing makes to the agents of clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from dbus_fast import DBusError, Message, MessageFlag

from bletui.testing.fakebluez.objects import NOTHING, Answer, Interface
from bletui.testing.fakebluez.peripheral import Capability
from bletui.testing.fakebluez.refusals import ALREADY_EXISTS, DOES_NOT_EXIST, INVALID

MANAGER = "org.bluez.AgentManager1"
AGENT = "org.bluez.Agent1"
Answered = Callable[[Message], None]
Send = Callable[[Message, Answered | None], None]


@dataclass(frozen=True, slots=True)
class Agent:
    client: str
    path: str
    capability: Capability


class Agents:
    """One agent per client. The default one is that of the client that asked last to be it. `told` hears whether there
    is any, when that changes."""

    def __init__(self, send: Send, told: Callable[[bool], None]) -> None:
        self._send = send
        self._told = told
        self.registered: dict[str, Agent] = {}
        self._defaults: list[str] = []

    @property
    def interface(self) -> Interface:
        return Interface(
            methods={
                ("RegisterAgent", "os"): self._register,
                ("UnregisterAgent", "o"): self._unregister,
                ("RequestDefaultAgent", "o"): self._request_default,
            }
        )

    def of(self, client: str | None = None) -> Agent | None:
        """Who is asked for a client's pairing, or (None) for one that no client began."""
        if client in self.registered:
            return self.registered[client]
        return self.registered[self._defaults[-1]] if self._defaults else None

    def ask(self, agent: Agent, member: str, signature: str, body: list[Any], answered: Answered | None) -> None:
        """`answered` gets whatever comes back, an error too; None: nobody waits for it."""
        quiet = MessageFlag.NONE if answered else MessageFlag.NO_REPLY_EXPECTED
        message = Message(agent.client, agent.path, AGENT, member, signature=signature, body=body, flags=quiet)
        self._send(message, answered)

    def tell(self, agent: Agent, member: str) -> None:
        """Cancel or Release, if the agent is still there."""
        if agent.client in self.registered:
            self.ask(agent, member, "", [], None)

    def release(self) -> None:
        """bluetoothd ends in order and needs its agents no more."""
        for agent in list(self.registered.values()):
            self.tell(agent, "Release")
            self.forget(agent.client)

    def forget(self, client: str) -> None:
        if self.registered.pop(client, None) is not None and not self.registered:
            self._told(False)
        if client in self._defaults:
            self._defaults.remove(client)

    def _register(self, message: Message) -> Answer:
        client = message.sender or ""
        path, capability = message.body
        if client in self.registered:
            raise DBusError(*ALREADY_EXISTS)
        if capability not in ("", *get_args(Capability)):
            raise DBusError(*INVALID)
        self.registered[client] = Agent(client, path, capability or "DisplayYesNo")
        if len(self.registered) == 1:
            self._told(True)
        return NOTHING

    def _unregister(self, message: Message) -> Answer:
        self.forget(self._own(message).client)
        return NOTHING

    def _request_default(self, message: Message) -> Answer:
        client = self._own(message).client
        if client in self._defaults:
            self._defaults.remove(client)
        self._defaults.append(client)
        return NOTHING

    def _own(self, message: Message) -> Agent:
        agent = self.registered.get(message.sender or "")
        if agent is None or agent.path != message.body[0]:
            raise DBusError(*DOES_NOT_EXIST)
        return agent
