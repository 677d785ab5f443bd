"""Everything that crosses a bus, as a monitor sees it."""

from __future__ import annotations

from collections import deque
from types import TracebackType

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

_KEPT = 100_000


class BusMonitor:
    """`async with BusMonitor(address) as monitor:` then `monitor.messages`: all traffic, the newest last."""

    def __init__(self, address: str) -> None:
        self._bus = MessageBus(address)
        self.messages: deque[Message] = deque(maxlen=_KEPT)

    async def __aenter__(self) -> BusMonitor:
        await self._bus.connect()
        self._bus.add_message_handler(self._note)
        await self._bus.call(
            Message(
                destination="org.freedesktop.DBus", path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus.Monitoring", member="BecomeMonitor", signature="asu", body=[[], 0],
            )
        )  # fmt: skip
        self.messages.clear()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    def _note(self, message: Message) -> bool:
        self.messages.append(message)
        return message.message_type is MessageType.METHOD_CALL  # a monitor that answers is thrown off the bus
