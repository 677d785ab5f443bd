"""Calls to the router, one answer each. Nothing but `BleError` comes out."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import Final

import httpx

from bletui import errors
from bletui.backends.cassia.native import Answer, broken, refused

ANSWER_MAX: Final = 1 << 20  # bytes
IDENTITY: Final = {"accept-encoding": "identity"}  # no compressed bombs
FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, OSError)


class Rpc:
    """A client of `base`. Proxy settings of the environment are not used: a router stands on the local network."""

    def __init__(self, base: str, tls: ssl.SSLContext | None, *, speed: float, context: Callable[[], errors.Context]):
        self.context = context
        self._base = base
        self._client = httpx.AsyncClient(
            verify=False if tls is None else tls,  # without https no context is made, which would take 67 ms
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(10.0 / speed, connect=5.0 / speed),
            headers=IDENTITY,
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def call(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Answer:
        """The 2xx answer, its body at most 1 MiB; every other one is a failure. A GET cut by a stale connection is
        made once more."""
        try:
            request = self._client.build_request(method, self._base + path, params=params, headers=headers, json=json)
            try:
                answer = await self._send(request)
            except httpx.RemoteProtocolError:
                if method != "GET":
                    raise
                answer = await self._send(request)
        except FAILURES as failed:
            raise broken(failed, phase="request", operation=operation, context=self.context()) from failed
        if not 200 <= answer.status < 300:
            raise refused(answer, operation=operation, context=self.context())
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
        return Answer(response.status_code, response.headers.get("content-type", ""), body, _seconds(response))


def _seconds(response: httpx.Response) -> float | None:
    """Retry-After as seconds; the date form is not used by routers and counts as none."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
