"""httpx over our own network: one pool of httpcore with one SSL context, its exceptions told as httpx's."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

import httpcore
import httpx

from bletui.backends.cassia.paced import PacedNetwork

KEPT: Final = 15.0  # seconds that an idle connection is kept


class PooledTransport(httpx.AsyncBaseTransport):
    """What httpx's own transport is, over a network that closes a connection whose TLS handshake is cancelled."""

    def __init__(self, tls: ssl.SSLContext | None, connections: int) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            network_backend=PacedNetwork(pace=0.0),
            max_connections=connections,
            keepalive_expiry=KEPT,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        below = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx(request):
            answer = await self._pool.handle_async_request(below)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, request))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx(self._request):
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """httpcore's exceptions as httpx's of the same name; their causes stay below."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    ) as failed:
        told: type[httpx.TransportError] = getattr(httpx, type(failed).__name__)
        raise told(str(failed), request=request) from failed
