"""Two routers for the same tests: the recorded one, and bletui's own router API over the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui import registry
from bletui.backend import Env
from bletui.bridge.router_api.profiles import PROFILES
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.target import parse
from tests.backends.cassia.recorded_router import Asked, RecordedRouter, Stream, data_event, samples


@asynccontextmanager
async def recorded_router() -> AsyncIterator[str]:
    def scan(asked: Asked) -> Stream:
        least = int(asked.query.get("filter_rssi", "-128"))
        return Stream([data_event(event) for event in samples() if int(str(event["rssi"])) >= least])

    async with RecordedRouter({"/gap/nodes?event=1": scan}) as router:
        yield router.url


@asynccontextmanager
async def router_api(site: str = "sim:", speed: float = 10.0, profile: str | None = None) -> AsyncIterator[str]:
    radio = await registry.open_radio(parse(site), Env("sim", speed=speed))
    firmware = None if profile is None else PROFILES[profile]
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(
                serve([radio], bind(Listen("127.0.0.1", 0)), ready=ready.set_result, speed=speed, profile=firmware)
            )
            yield await ready
            serving.cancel()
    finally:
        await radio.aclose()
