"""Calls to the router, one answer each. Nothing but `BleError` comes out."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

import httpcore

from bletui import errors
from bletui.backends.cassia import web
from bletui.backends.cassia.native import ANSWER_MAX, Answer, broken, refused
from bletui.backends.cassia.options import Site
from bletui.backends.cassia.paced import PacedNetwork

CONNECTING, ANSWERING = 5.0, 10.0  # seconds
KEPT: Final = 15.0  # seconds that an idle connection is kept
CONNECTIONS = 8  # at most, to a router


class Rpc:
    """A client of one site. Proxy settings of the environment are not used: a router stands on the local network."""

    def __init__(
        self,
        site: Site,
        tls: ssl.SSLContext | None,
        *,
        speed: float,
        context: Callable[[], errors.Context],
        connections: int = CONNECTIONS,
    ) -> None:
        self.context = context
        self._site = site
        self._connecting, self._answering = CONNECTING / speed, ANSWERING / speed
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            network_backend=PacedNetwork(pace=0.0),  # closes a connection whose TLS handshake is cancelled
            max_connections=connections,
            keepalive_expiry=KEPT,
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
        form: Mapping[str, str] | None = None,
        answering: float | None = None,
        repeatable: bool = True,
        context: errors.Context | None = None,
    ) -> Answer:
        """The 2xx answer, its body at most 1 MiB; every other one is a failure. `body` is sent as JSON, `form` as a web
        page's; `answering`: seconds that all of it may take. A repeatable GET on a connection that the router has just
        closed is made once more."""
        limit = self._connecting + self._answering if answering is None else answering
        context = context or self.context()
        content, kind = _content(body, form)
        sent = {**kind, "content-length": str(len(content))} if content or method == "POST" else {}
        request = httpcore.Request(
            method,
            web.url(self._site, path, params),
            headers=web.head(self._site, {"accept": "*/*", **sent, **(header or {})}),
            content=content,
            extensions={
                "timeout": {**dict.fromkeys(("read", "write", "pool"), limit), "connect": min(self._connecting, limit)}
            },
        )
        try:
            async with asyncio.timeout(limit):
                try:
                    answer = await self._send(request)
                except (httpcore.RemoteProtocolError, httpcore.ReadError):
                    if method != "GET" or not repeatable:
                        raise
                    answer = await self._send(request)
        except web.FAILURES as failed:
            raise broken(failed, phase="request", operation=operation, context=context) from failed
        if not 200 <= answer.status < 300:
            raise refused(answer, operation=operation, context=context)
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


def _content(body: object, form: Mapping[str, str] | None) -> tuple[bytes, dict[str, str]]:
    """What is sent, and the header that says what it is."""
    if form is not None:
        return urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded"}
    if body is not None:
        return json.dumps(body).encode(), {"content-type": "application/json"}
    return b"", {}
