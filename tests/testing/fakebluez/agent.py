"""An org.bluez.Agent1 on a plain D-Bus connection, and what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbus_fast import Message, MessageType

from bletui.news import News
from tests.testing.fakebluez.client import Client, said

PATH = "/bletui/agent"
MANAGER = "org.bluez.AgentManager1"

Reply = tuple[str, list[Any]] | str | None  # signature and body, the name of an error, or None: no answer


class Agent:
    """Answers each member as `replies` says, and everything else with nothing."""

    def __init__(self, client: Client, replies: dict[str, Reply] | None = None) -> None:
        self.client = client
        self.replies = replies or {}
        self.asked: list[tuple[str, list[Any]]] = []
        self._news = News()
        client.bus.add_message_handler(self._receive)

    async def register(self, capability: str = "KeyboardDisplay") -> None:
        assert await self.manage("RegisterAgent", "os", PATH, capability) == (None, [])
        assert await self.manage("RequestDefaultAgent", "o", PATH) == (None, [])

    async def manage(self, member: str, signature: str, *body: Any) -> tuple[str | None, Any]:
        return said(await self.client.call(member, "/org/bluez", MANAGER, signature, *body))

    async def until(self, true: Callable[[], object]) -> None:
        assert await self._news.until(true, 5), "not within 5 s"

    @property
    def members(self) -> list[str]:
        return [member for member, _ in self.asked]

    def _receive(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return False
        self.asked.append((message.member or "", message.body))
        self._news.tell()
        match self.replies.get(message.member or "", ("", [])):
            case None:
                return True
            case str(name):
                return Message.new_error(message, name, "no")
            case signature, body:
                return Message.new_method_return(message, signature, body)
