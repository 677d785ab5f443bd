"""A plain client of the router's API: sockets and asyncio, nothing of ours and no HTTP library."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

from bletui.testing.memory_loop import MemoryLoop

WITHIN = 20.0  # seconds; a machine may be busy


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def request(method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in lines if line)
    return int(first.split()[1]), {name.lower(): value for name, value in pairs}


async def ask(
    port: int,
    target: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """One request on a connection of its own."""
    async with asyncio.timeout(WITHIN):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
        try:
            sent = {"Host": f"127.0.0.1:{port}", "Connection": "close"} | dict(headers or {})
            writer.write(request(method, target, sent, body))
            status, told = await read_head(reader)
            size = 0 if method == "HEAD" else int(told.get("content-length", 0))
            return Reply(status, told, await reader.readexactly(size))
        finally:
            writer.close()
            await writer.wait_closed()


class Stream:
    """An event stream being read: chunked, as a server of unknown length must send it."""

    def __init__(self, reader: asyncio.StreamReader, status: int, headers: dict[str, str]) -> None:
        self.status = status
        self.headers = headers
        self._reader = reader
        self._text = b""

    @property
    def rest(self) -> bytes:
        """What has come of an event that is not whole."""
        return self._text

    async def block(self) -> str:
        """The next event or comment, without the blank line that ends it; "" at the end of the stream."""
        async with asyncio.timeout(WITHIN):
            while b"\n\n" not in self._text:
                size = int(await self._reader.readuntil(b"\r\n"), 16)
                if not size:
                    return ""
                self._text += await self._reader.readexactly(size)
                assert await self._reader.readexactly(2) == b"\r\n"
        block, _, self._text = self._text.partition(b"\n\n")
        return block.decode("ascii")

    @property
    def waiting(self) -> bool:
        """Whether anything has arrived that was not read yet."""
        return bool(self._text) or bool(self._reader._buffer)  # type: ignore[attr-defined] # asyncio tells it nowhere else

    async def event(self) -> Any:
        """The next event's JSON; comments are passed over."""
        while (block := await self.block()).startswith(":"):
            pass
        assert block.startswith("data: {"), block
        return json.loads(block.removeprefix("data: "))

    async def events(self, count: int) -> list[Any]:
        return [await self.event() for _ in range(count)]


async def _narrow(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which little is on its way."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, MemoryLoop):
        return await asyncio.open_connection("127.0.0.1", port)
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.setblocking(False)
    await loop.sock_connect(small, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=small)


@asynccontextmanager
async def stream(port: int, target: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[Stream]:
    """Opens an event stream; leaving the block closes the connection. Who does not read holds up the server soon."""
    async with asyncio.timeout(WITHIN):
        reader, writer = await _narrow(port)
        writer.write(request("GET", target, {"Host": "localhost"} | dict(headers or {})))
        status, told = await read_head(reader)
    try:
        yield Stream(reader, status, told)
    finally:
        writer.close()
        with suppress(ConnectionError):  # it may have been reset
            await writer.wait_closed()
