"""Two routers for the same tests: the recorded one, and bletui's own router API over the simulator. And its access
controller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bletui import registry
from bletui.backend import Env
from bletui.bridge.router_api.profiles import PROFILES
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.target import parse
from tests.backends.cassia.recorded_router import Asked, RecordedRouter, Stream, data_event, samples

MACS = tuple(f"CC:1B:E0:00:01:0{number}" for number in range(1, 5))


@asynccontextmanager
async def recorded_router() -> AsyncIterator[str]:
    def scan(asked: Asked) -> Stream:
        least = int(asked.query.get("filter_rssi", "-128"))
        return Stream([data_event(event) for event in samples() if int(str(event["rssi"])) >= least])

    async with RecordedRouter({"/gap/nodes?event=1": scan}) as router:
        yield router.url


@asynccontextmanager
async def router_api(site: str = "sim:", speed: float = 10.0, profile: str | None = None) -> AsyncIterator[str]:
    async with _served([site], None, speed, profile) as url:
        yield url


@asynccontextmanager
async def controller_api(*sites: str, speed: float = 1.0, profile: str | None = None) -> AsyncIterator[str]:
    """An access controller; each site is one of its routers: CC:1B:E0:00:01:01, …:02 and so on."""
    async with _served(sites, MACS[: len(sites)], speed, profile) as url:
        yield f"{url}/api"


@asynccontextmanager
async def _served(
    sites: Sequence[str], macs: Sequence[str] | None, speed: float, profile: str | None
) -> AsyncIterator[str]:
    radios = [
        await registry.open_radio(parse(site), Env(f"sim{number or ''}", speed=speed))
        for number, site in enumerate(sites)
    ]
    firmware = None if profile is None else PROFILES[profile]
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.TaskGroup() as tasks:
            listener = bind(Listen("127.0.0.1", 0))
            serving = tasks.create_task(
                serve(radios, listener, ready=ready.set_result, speed=speed, profile=firmware, macs=macs)
            )
            yield await ready
            serving.cancel()
    finally:
        for radio in radios:
            await radio.aclose()


@asynccontextmanager
async def elsewhere(serving: AbstractAsyncContextManager[str]) -> AsyncIterator[str]:
    """The same in a thread with a loop of its own, so that the tasks here are the client's alone."""
    told: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def served() -> None:
        async with serving as url:
            over = asyncio.Event()
            told.set_result((url, asyncio.get_running_loop(), over))
            await over.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(asyncio.run, served()))
        url, loop, over = await asyncio.wrap_future(told)
        try:
            yield url
        finally:
            loop.call_soon_threadsafe(over.set)
