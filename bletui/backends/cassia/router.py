"""One router as the far side: calls and streams under its base address, with the token that it asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from bletui import errors
from bletui.backend import Env
from bletui.backends.cassia import tls
from bletui.backends.cassia.auth import Tokens
from bletui.backends.cassia.native import Answer
from bletui.backends.cassia.options import Options, Site
from bletui.backends.cassia.rpc import CONNECTIONS, Rpc
from bletui.backends.cassia.stream import OPENING, SILENCE, Reader, Take
from bletui.model import Peer

CONTROLLER_CONNECTIONS: Final = 64  # at most, to a controller, which passes on the calls to all its routers
MARGIN: Final = 1.0  # seconds beyond the router's own limit, so that its own words arrive


@dataclass(slots=True)
class Router:
    """Calls and streams have clients of their own, which share one SSL context. `selector` is what every request to a
    router behind an access controller carries."""

    env: Env
    site: Site
    rpc: Rpc
    reader: Reader
    tokens: Tokens
    mac: str | None = None
    selector: Mapping[str, str] = field(default_factory=dict)

    def behind(self, mac: str) -> Router:
        """One router of this access controller, over the same connections and with the same token."""
        told = partial(context_of, self.env, self.site, mac)
        reader = replace(self.reader, context=told)
        return Router(self.env, self.site, self.rpc, reader, self.tokens, mac, {"mac": mac})

    async def aclose(self) -> None:
        await self.rpc.aclose()

    @property
    def speed(self) -> float:
        return self.env.speed

    def context(self, peer: Peer | None = None, handle: int | None = None) -> errors.Context:
        return context_of(self.env, self.site, self.mac, peer, handle)

    async def bare(self, path: str, params: Mapping[str, str], *, operation: str) -> Answer:
        """The 2xx answer of a GET without a token; `BleError` for every other one."""
        return await self.rpc.call("GET", path, operation=operation, params=params)

    async def get(self, path: str, params: Mapping[str, str] | None = None, *, operation: str) -> Answer:
        """The 2xx answer of a GET; `BleError` for every other one."""

        def call(header: Mapping[str, str]) -> Awaitable[Answer]:
            return self.rpc.call(
                "GET",
                path,
                operation=operation,
                params={**(params or {}), **self.selector},
                header=header,
                context=self.context(),
            )

        return await self.tokens.using(call)

    async def post(self, path: str, body: object, *, operation: str) -> Answer:
        """The 2xx answer of a POST that may be made again; `BleError` for every other one."""

        def call(header: Mapping[str, str]) -> Awaitable[Answer]:
            return self.rpc.call("POST", path, operation=operation, header=header, body=body, context=self.context())

        return await self.tokens.using(call)

    async def on(
        self,
        peer: Peer,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        operation: str,
        within: float,
        body: object = None,
        handle: int | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """The 2xx answer of a call on a device. The router has `within` seconds, we wait `MARGIN` longer for it."""
        context = self.context(peer, handle)
        path = path.format(address=peer.address)

        def call(header: Mapping[str, str]) -> Awaitable[Answer]:
            return self.rpc.call(
                method,
                path,
                operation=operation,
                params={**(params or {}), **self.selector},
                header=header,
                body=body,
                answering=within + MARGIN,
                repeatable=repeatable,
                context=context,
            )

        return await self.tokens.using(call)

    async def stream(
        self, path: str, params: Mapping[str, str], *, live: Callable[[], None], take: Take, operation: str
    ) -> None:
        """Reads an event stream until it ends, which is a `BleError` however it ends."""

        def read(header: Mapping[str, str]) -> Awaitable[None]:
            return self.reader.read(
                path, {**params, **self.selector}, header, live=live, take=take, operation=operation
            )

        await self.tokens.using(read)


def context_of(
    env: Env, site: Site, mac: str | None = None, peer: Peer | None = None, handle: int | None = None
) -> errors.Context:
    return errors.Context(
        radio=env.radio,
        lane=peer.lane or None if peer else None,
        router=mac,
        address=peer.address if peer else None,
        handle=handle,
        at=env.clock.wall(),
        evidence={"host": site.host, "port": str(site.port)},
    )


async def reach(options: Options, env: Env) -> Router:
    """A router, or an access controller, to talk to; nothing is sent yet. `request.invalid`: the file of `ca=` is of no
    use."""
    site = options.site
    secured = None if options.trust is None else await asyncio.to_thread(tls.context, options.trust)
    told = partial(context_of, env, site)
    most = CONTROLLER_CONNECTIONS if options.controller else CONNECTIONS
    rpc = Rpc(site, secured, speed=env.speed, context=told, connections=most)
    reader = Reader(site, secured, told, OPENING / env.speed, SILENCE / env.speed)
    return Router(env, site, rpc, reader, Tokens(rpc, options.key, env.secret, env.clock.monotonic))
