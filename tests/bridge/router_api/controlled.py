"""A served access controller over tiny radios, and its client: plain sockets, a token, JSON."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bletui import registry
from bletui.backend import Env
from bletui.bridge.router_api.faults import Scenario, read
from bletui.bridge.router_api.macs import macs
from bletui.bridge.router_api.profiles import Profile
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.session import named
from bletui.target import parse
from tests.bridge.router_api.client import WITHIN, Reply, Stream, ask, stream
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import Site, lane, site
from tests.tiny import TinyBackend

ONE, TWO = "CC:1B:E0:00:00:01", "CC:1B:E0:00:00:02"
BASIC = {"Authorization": "Basic " + base64.b64encode(b"key:secret").decode()}
GRANT = b'{"grant_type":"client_credentials"}'


class Controller(NamedTuple):
    """`site`: the radios behind it, where they are tiny ones."""

    port: int
    token: str
    site: Site

    async def call(self, method: str, path: str, body: object = None) -> Reply:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}"}
        return await ask(self.port, f"/api{path}", method=method, headers=headers, body=content)

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
        return stream(self.port, f"/api{path}{'&' if '?' in path else '?'}access_token={self.token}")

    @asynccontextmanager
    async def events(self) -> AsyncIterator[Stream]:
        """The combined stream behind its first event."""
        async with self.stream("/aps/events") as found:
            assert (await found.event())["dataType"] == "state"
            yield found


@asynccontextmanager
async def controlled(
    *backends: TinyBackend, known_as: tuple[str, ...] = (ONE, TWO), speed: float = 1.0, profile: Profile | None = None
) -> AsyncIterator[Controller]:
    """Two routers of one chip each, whom nobody answers, unless others are given."""
    backends = backends or tuple(LinkedBackend(lane(0, radio), devices={}) for radio in ("r", "r1"))
    async with site(*backends, macs=known_as, speed=speed, profile=profile) as it:
        yield Controller(it.port, await given(it.port), it)


async def given(port: int) -> str:
    """A token."""
    reply = await ask(port, "/api/oauth2/token", method="POST", headers=BASIC, body=GRANT)
    return str(reply.json["access_token"])


@asynccontextmanager
async def simulated(*targets: str, faults: Sequence[str] = (), speed: float = 1.0) -> AsyncIterator[Controller]:
    """One simulated site for each router; `faults` of the API itself."""
    async with AsyncExitStack() as stack:
        radios = []
        for name, target in named([parse(target) for target in targets]):
            radios.append(await registry.open_radio(target, Env(name, speed=speed)))
            stack.push_async_callback(radios[-1].aclose)
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as tasks:
            listener = bind(Listen("127.0.0.1", 0))
            scenario, known_as = Scenario(read(faults)[0], 1), macs([], len(radios))
            serving = tasks.create_task(
                serve(radios, listener, ready=ready.set_result, speed=speed, scenario=scenario, macs=known_as)
            )
            port = urlsplit(await ready).port
            assert port is not None
            yield Controller(port, await given(port), Site(port, (), (), serving))
            serving.cancel()
