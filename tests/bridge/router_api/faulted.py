"""The lab behind the router's API, with trouble on request, in this process and over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from bletui import registry
from bletui.backend import Env
from bletui.bridge.router_api.faults import Scenario, read
from bletui.bridge.router_api.models import model
from bletui.bridge.router_api.profiles import PROFILES
from bletui.bridge.router_api.rows import OURS
from bletui.bridge.router_api.server import Listen, serve
from bletui.cli.simulated import simulated
from bletui.clock import Clock
from bletui.target import parse
from bletui.testing.virtual_time import VirtualLoop, clock
from tests.bridge.router_api.site import bound

SITE = "sim:lab?speed=50"
SECRET = "correct-horse-battery"


class Served(NamedTuple):
    url: str
    port: int


@asynccontextmanager
async def served(
    faults: str = "",
    *,
    site: str = SITE,
    speed: float = 1.0,
    firmware: str | None = None,
    box: str | None = "X1000",
    token: str | None = None,
    seed: int = 1,
) -> AsyncIterator[Served]:
    """As `bletui bridge run SITE --router-api 127.0.0.1:0 --fault FAULTS …` does it."""
    ours, sites = read([faults])
    (target,) = simulated([parse(site)], model=model(box) if box else None, faults=sites, seed=seed)
    time = clock() if isinstance(asyncio.get_running_loop(), VirtualLoop) else Clock()
    radio = await registry.open_radio(target, Env("lab", clock=time, speed=speed))
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(
                serve(
                    [radio],
                    bound(Listen("127.0.0.1", 0, token=token)),
                    ready=ready.set_result,
                    speed=speed,
                    profile=None if firmware is None else PROFILES[firmware],
                    scenario=Scenario(ours, seed),
                    model=box or OURS,
                    clock=time,
                )
            )
            url = await ready
            port = urlsplit(url).port
            assert port is not None
            yield Served(url, port)
            serving.cancel()
    finally:
        await radio.aclose()
