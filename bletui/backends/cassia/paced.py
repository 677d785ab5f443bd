"""A network for httpcore that reads a stream at most every 50 ms while data flows.

At a thousand events a second, each sent alone, waking up costs far more than parsing: the kernel collects meanwhile.
The pace is kept below TLS; above it each read would bring one record, and the stream would fall behind.
"""

from __future__ import annotations

import math
import selectors
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import anyio
import anyio.abc
import httpcore
from anyio.abc import SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

PACE: Final = 0.05  # seconds
READ_MAX: Final = 1 << 20  # bytes


class PacedBytes(anyio.abc.ByteStream):
    """A TCP stream. A lone event is not delayed; `idle` is called before each wait for the network."""

    def __init__(self, inner: anyio.abc.ByteStream, idle: Callable[[], None], pace: float = PACE) -> None:
        self.pacing = False
        self._inner = inner
        self._idle = idle
        self._pace = pace
        self._last = -math.inf

    async def receive(self, max_bytes: int = READ_MAX) -> bytes:
        self._idle()
        early = self._last + self._pace - anyio.current_time()
        if self.pacing and early > 0:
            await anyio.sleep(early)
        data = await self._inner.receive(READ_MAX)
        self._last = anyio.current_time()
        return data

    async def send(self, item: bytes) -> None:
        await self._inner.send(item)

    async def send_eof(self) -> None:
        await self._inner.send_eof()

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._inner.extra_attributes


class _Stream(httpcore.AsyncNetworkStream):
    """httpcore's port over a paced stream, with TLS on top of it or without. Errors as httpcore documents them."""

    def __init__(self, paced: PacedBytes, top: anyio.abc.ByteStream) -> None:
        self._paced = paced
        self._top = top

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            with anyio.fail_after(timeout):
                first = await self._top.receive(READ_MAX)
            return first + self._decrypted()
        except anyio.EndOfStream:
            return b""
        except TimeoutError as late:
            raise httpcore.ReadTimeout(str(late)) from late
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, ssl.SSLError) as broken:
            raise httpcore.ReadError(str(broken)) from broken
        finally:
            self._paced.pacing = True

    def _decrypted(self) -> bytes:
        """What has arrived in further TLS records: each is one event, and a turn of the loop for each is dear."""
        secured = self._top.extra(TLSAttribute.ssl_object, None)
        parts: list[bytes] = []
        try:
            while secured and (part := secured.read(READ_MAX)):
                parts.append(part)
        except ssl.SSLError:
            pass  # no whole record is left; an end or a fault is met again by the next read
        return b"".join(parts)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        try:
            with anyio.fail_after(timeout):
                await self._top.send(buffer)
        except TimeoutError as late:
            raise httpcore.WriteTimeout(str(late)) from late
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, ssl.SSLError) as broken:
            raise httpcore.WriteError(str(broken)) from broken

    async def aclose(self) -> None:
        await self._top.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            with anyio.fail_after(timeout):
                secured = await TLSStream.wrap(
                    self._paced, hostname=server_hostname, ssl_context=ssl_context, standard_compatible=False
                )
        except TimeoutError as late:
            await self.aclose()
            raise httpcore.ConnectTimeout(str(late)) from late
        except (ssl.SSLError, anyio.BrokenResourceError, anyio.EndOfStream) as broken:
            await self.aclose()
            raise httpcore.ConnectError(str(broken)) from broken
        except BaseException:  # cancelled too: the socket must not outlive the handshake
            await self.aclose()
            raise
        return _Stream(self._paced, secured)

    def get_extra_info(self, info: str) -> bool | None:
        """Whether an idle connection can be read, which means that the far side has closed it. HTTP/1.1 needs no
        more."""
        return _readable(self._top.extra(SocketAttribute.raw_socket)) if info == "is_readable" else None


def _readable(raw: socket.socket) -> bool:
    if raw.fileno() < 0:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(raw, selectors.EVENT_READ)
        return bool(selector.select(0))


class PacedNetwork(httpcore.AsyncNetworkBackend):
    """`idle` is called whenever all that was read has been handed on and the network is waited for again.

    Unlike httpcore's own network it closes a connection whose TLS handshake is cancelled.
    """

    def __init__(self, idle: Callable[[], None] = lambda: None, pace: float = PACE) -> None:
        self._idle = idle
        self._pace = pace

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            with anyio.fail_after(timeout):
                inner = await anyio.connect_tcp(host, port, local_host=local_address)
        except TimeoutError as late:
            raise httpcore.ConnectTimeout(str(late)) from late
        except OSError as broken:
            raise httpcore.ConnectError(str(broken)) from broken
        paced = PacedBytes(inner, self._idle, self._pace)
        return _Stream(paced, paced)

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)
