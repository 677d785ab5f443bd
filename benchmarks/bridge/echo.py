"""A byte to another process and back, asyncio at both ends: what any answer costs on this host, in its state of now."""

from __future__ import annotations

import asyncio


class Echo(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


class Caller(asyncio.Protocol):
    def __init__(self) -> None:
        self._back: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    async def call(self) -> None:
        self._back = asyncio.get_running_loop().create_future()
        self.transport.write(b"?")
        await self._back

    def data_received(self, data: bytes) -> None:
        assert self._back is not None
        self._back.set_result(data)
