"""Calls to the router, one answer each. Nothing but `BleError` comes out."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from typing import Final

import httpcore

from bletui import errors
from bletui.backends.cassia import web
from bletui.backends.cassia.native import Answer, broken, refused
from bletui.backends.cassia.options import Site
from bletui.backends.cassia.paced import PacedNetwork

ANSWER_MAX: Final = 1 << 20  # bytes
CONNECTING, ANSWERING = 5.0, 10.0  # seconds
KEPT: Final = 15.0  # seconds that an idle connection is kept


class Rpc:
    """A client of one site. Proxy settings of the environment are not used: a router stands on the local network."""

    def __init__(
        self, site: Site, tls: ssl.SSLContext | None, *, speed: float, context: Callable[[], errors.Context]
    ) -> None:
        self.context = context
        self._site = site
        self._within = (CONNECTING + ANSWERING) / speed
        self._timeouts = {"connect": CONNECTING / speed, "read": ANSWERING / speed, "write": ANSWERING / speed}
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, network_backend=PacedNetwork(pace=0.0), max_connections=8, keepalive_expiry=KEPT
        )

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def call(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        params: Mapping[str, str] | None = None,
        header: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """The 2xx answer, its body at most 1 MiB; every other one is a failure. `body` is sent as JSON. A GET on a
        connection that the router has just closed is made once more."""
        content = b"" if body is None else json.dumps(body).encode()
        fields = {"content-type": "application/json", "content-length": str(len(content))} if content else {}
        request = httpcore.Request(
            method,
            web.url(self._site, path, params),
            headers=web.head(self._site, {**fields, **(header or {})}),
            content=content,
            extensions={"timeout": self._timeouts},
        )
        try:
            async with asyncio.timeout(self._within):
                try:
                    answer = await self._send(request)
                except (httpcore.RemoteProtocolError, httpcore.ReadError):
                    if method != "GET":
                        raise
                    answer = await self._send(request)
        except web.FAILURES as failed:
            raise broken(failed, phase="request", operation=operation, context=self.context()) from failed
        if not 200 <= answer.status < 300:
            raise refused(answer, operation=operation, context=self.context())
        return answer

    async def _send(self, request: httpcore.Request) -> Answer:
        response = await self._pool.handle_async_request(request)
        try:
            body = b""
            async for part in response.aiter_stream():
                body += part
                if len(body) > ANSWER_MAX:
                    break
        finally:
            await response.aclose()
        return Answer(response.status, web.field(response, b"content-type"), body, web.retry_after(response))
