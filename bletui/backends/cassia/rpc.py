"""Calls to the router, one answer each. Nothing but `BleError` comes out."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

import httpx

from bletui import errors
from bletui.backends.cassia import web
from bletui.backends.cassia.native import ANSWER_MAX, Answer, broken, refused
from bletui.backends.cassia.options import Site
from bletui.backends.cassia.transport import PooledTransport

CONNECTING, ANSWERING = 5.0, 10.0  # seconds
CONNECTIONS: Final = 8  # at most, to a router


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
        self._client = httpx.AsyncClient(transport=PooledTransport(tls, connections), trust_env=False)

    async def aclose(self) -> None:
        await self._client.aclose()

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
        request = self._client.build_request(
            method,
            web.address(self._site, path, params),
            headers={"host": self._site.authority, "accept": "*/*", **web.HEAD, **kind, **(header or {})},
            content=content,
            timeout=httpx.Timeout(limit, connect=min(self._connecting, limit)),
        )
        try:
            async with asyncio.timeout(limit):
                try:
                    answer = await self._send(request)
                except (httpx.RemoteProtocolError, httpx.ReadError):
                    if method != "GET" or not repeatable:
                        raise
                    answer = await self._send(request)
        except (httpx.TransportError, OSError) as failed:
            raise broken(failed, phase="request", operation=operation, context=context) from failed
        if not 200 <= answer.status < 300:
            raise refused(answer, operation=operation, context=context)
        return answer

    async def _send(self, request: httpx.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            body = b""
            async for part in response.aiter_raw():
                body += part
                if len(body) > ANSWER_MAX:
                    break
        finally:
            await response.aclose()
        headers = response.headers
        kind, after = headers.get("content-type", ""), web.seconds(headers.get("retry-after", ""))
        return Answer(response.status_code, kind, body, after)


def _content(body: object, form: Mapping[str, str] | None) -> tuple[bytes | None, dict[str, str]]:
    """What is sent, and the header that says what it is."""
    if form is not None:
        return urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded"}
    if body is not None:
        return json.dumps(body).encode(), {"content-type": "application/json"}
    return None, {}
