"""A served access controller over tiny radios, and its client: plain sockets, a token, JSON."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

from bletui.bridge.router_api.profiles import Profile
from tests.bridge.router_api.client import WITHIN, Reply, Stream, ask, stream
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import Site, lane, site
from tests.tiny import TinyBackend

ONE, TWO = "CC:1B:E0:00:00:01", "CC:1B:E0:00:00:02"
BASIC = {"Authorization": "Basic " + base64.b64encode(b"key:secret").decode()}
GRANT = b'{"grant_type":"client_credentials"}'


class Controller(NamedTuple):
    site: Site
    token: str

    async def call(self, method: str, path: str, body: object = None) -> Reply:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}"}
        return await ask(self.site.port, f"/api{path}", method=method, headers=headers, body=content)

    async def until(self, path: str, true: Callable[[Any], bool]) -> Any:
        """Asks until the answer's JSON is as wished, which is given back."""
        async with asyncio.timeout(WITHIN):
            while not true(answer := (await self.get(path)).json):
                pass
            return answer

    async def get(self, path: str) -> Reply:
        return await self.call("GET", path)

    async def post(self, path: str, body: object) -> Reply:
        return await self.call("POST", path, body)

    def stream(self, path: str) -> AbstractAsyncContextManager[Stream]:
        return stream(self.site.port, f"/api{path}{'&' if '?' in path else '?'}access_token={self.token}")

    @asynccontextmanager
    async def events(self) -> AsyncIterator[Stream]:
        """The combined stream behind its first event."""
        async with self.stream("/aps/events") as found:
            assert (await found.event())["dataType"] == "state"
            yield found


@asynccontextmanager
async def controlled(
    *backends: TinyBackend, macs: tuple[str, ...] = (ONE, TWO), speed: float = 1.0, profile: Profile | None = None
) -> AsyncIterator[Controller]:
    """Two routers of one chip each, whom nobody answers, unless others are given."""
    backends = backends or tuple(LinkedBackend(lane(0, radio), devices={}) for radio in ("r", "r1"))
    async with site(*backends, macs=macs, speed=speed, profile=profile) as it:
        reply = await ask(it.port, "/api/oauth2/token", method="POST", headers=BASIC, body=GRANT)
        yield Controller(it, reply.json["access_token"])
