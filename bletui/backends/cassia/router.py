"""One router as the far side: calls and streams under its base address, with the token that it asks for."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bletui import errors
from bletui.backend import Env
from bletui.backends.cassia import tls
from bletui.backends.cassia.auth import Tokens
from bletui.backends.cassia.native import Answer
from bletui.backends.cassia.options import Options
from bletui.backends.cassia.rpc import Rpc
from bletui.backends.cassia.stream import OPENING, SILENCE, Reader, Take
from bletui.model import Peer

MARGIN: Final = 1.0  # seconds beyond the router's own limit, so that its own words arrive


class Router:
    """Calls and streams have clients of their own, which share one SSL context."""

    def __init__(self, options: Options, env: Env, secured: ssl.SSLContext | None) -> None:
        self.mac: str | None = None
        self._env = env
        self._known = {"host": options.site.host, "port": str(options.site.port)}
        self._rpc = Rpc(options.site, secured, speed=env.speed, context=self.context)
        self._reader = Reader(options.site, secured, self.context, OPENING / env.speed, SILENCE / env.speed)
        self.tokens = Tokens(self._rpc, options.key, env.secret, env.clock.monotonic)

    async def aclose(self) -> None:
        await self._rpc.aclose()

    @property
    def speed(self) -> float:
        return self._env.speed

    def context(self, peer: Peer | None = None, handle: int | None = None) -> errors.Context:
        at = self._env.clock.wall()
        return errors.Context(
            radio=self._env.radio,
            lane=peer.lane or None if peer else None,
            router=self.mac,
            address=peer.address if peer else None,
            handle=handle,
            at=at,
            evidence=self._known,
        )

    async def bare(self, path: str, params: Mapping[str, str], *, operation: str) -> Answer:
        """The 2xx answer of a GET without a token; `BleError` for every other one."""
        return await self._rpc.call("GET", path, operation=operation, params=params)

    async def get(self, path: str, params: Mapping[str, str] | None = None, *, operation: str) -> Answer:
        """The 2xx answer of a GET; `BleError` for every other one."""

        def call(header: Mapping[str, str]) -> Awaitable[Answer]:
            return self._rpc.call("GET", path, operation=operation, params=params, header=header)

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
            return self._rpc.call(
                method,
                path,
                operation=operation,
                params=params,
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
            return self._reader.read(path, params, header, live=live, take=take, operation=operation)

        await self.tokens.using(read)


async def reach(options: Options, env: Env) -> Router:
    """A router to talk to; nothing is sent yet. `request.invalid`: the file of `ca=` is of no use."""
    secured = None if options.trust is None else await asyncio.to_thread(tls.context, options.trust)
    return Router(options, env, secured)
