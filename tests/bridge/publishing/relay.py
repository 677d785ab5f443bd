"""A way to the broker that can stand still, and holds next to nothing itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

HELD = 16 * 1024  # bytes


class Relay:
    """`port`: where it listens. While `open` is not set, no byte passes."""

    def __init__(self, to: int) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self._to = to
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD)  # those that it accepts inherit it
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    async def serve(self) -> None:
        server = await asyncio.start_server(self._pass, sock=self._listener, limit=HELD)
        async with server:
            await server.serve_forever()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._copy(reader, back))
            group.create_task(self._copy(there, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(HELD):
                await self.open.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def relay(to: int) -> AsyncIterator[Relay]:
    made = Relay(to)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(made.serve())
        try:
            yield made
        finally:
            made.open.set()
            serving.cancel()
