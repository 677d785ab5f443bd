"""A connection that says whatever bytes a test wants, and reads what comes back as messages."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.failure import Failure


class Raw:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._parser = codec.BridgeReader()
        self._messages: list[m.FromBridge] = []

    @classmethod
    async def to(cls, socket: Path) -> Raw:
        return cls(*await asyncio.open_unix_connection(str(socket)))

    def say(self, *messages: m.FromClient) -> None:
        self.bytes(b"".join(map(codec.from_client, messages)))

    def bytes(self, data: bytes) -> None:
        self.writer.write(data)

    async def hear(self) -> m.FromBridge | None:
        """The next message; None at the end."""
        while not self._messages:
            try:
                data = await self.reader.read(65_536)
            except ConnectionError:
                data = b""
            if not data:
                return None
            self._messages += self._parser.feed(data)
        return self._messages.pop(0)

    async def until(self, sort: type[m.FromBridge]) -> m.FromBridge:
        async with asyncio.timeout(20):
            while not isinstance(message := await self.hear(), sort):
                assert message is not None, f"the connection ended before a {sort.__name__}"
            return message

    async def goodbye(self) -> Failure:
        """Why the bridge closed; that it did close is waited for as well."""
        message = await self.until(m.Goodbye)
        assert isinstance(message, m.Goodbye)
        async with asyncio.timeout(20):
            assert await self.hear() is None
        self.writer.close()
        return message.failure

    async def seated(self, seat: str = "raw", **more: object) -> m.Welcome:
        self.say(m.Hello(codec.VERSIONS, seat, **more))  # type: ignore[arg-type]
        welcome = await self.until(m.Welcome)
        assert isinstance(welcome, m.Welcome)
        return welcome
