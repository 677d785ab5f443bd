"""Where the day is lived: at the simulated lab itself, or behind a router's API over it, on a network in memory."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from random import Random
from typing import cast

from benchmarks.soak_links.plan import DEVICES, LANES, ROUTER, faults
from bletui.backend import Backend, Env
from bletui.backends.cassia.client import CassiaBackend
from bletui.backends.cassia.options import options
from bletui.backends.simulator import open_target
from bletui.backends.simulator.backend import Simulator
from bletui.bridge.router_api.faults import Scenario, read
from bletui.bridge.router_api.models import model
from bletui.bridge.router_api.server import Listen, Listener, serve
from bletui.cli.simulated import simulated
from bletui.radio import QueuedRadio
from bletui.radio.retries import by_vocabulary
from bletui.target import parse
from bletui.testing.memory_loop import Door
from bletui.testing.virtual_time import clock

Radios = tuple[QueuedRadio, ...]  # the first is the owners', the others are behind it
Place = Callable[[int], AbstractAsyncContextManager[Radios]]
MODEL, SECRET = "X1000", "correct-horse-battery"
HOST, PORT = "127.0.0.1", 80


@asynccontextmanager
async def lab(seed: int) -> AsyncIterator[Radios]:
    wanted = f"sim:lab?seed={seed}&fault={faults((*DEVICES, *LANES), seed)}"
    async with opened(open_target(parse(wanted), Env("sim", clock=clock())), "sim", seed) as radio:
        yield (radio,)


@asynccontextmanager
async def router(seed: int) -> AsyncIterator[Radios]:
    site, scenario = troubled("sim:lab", faults((*DEVICES, *ROUTER), seed), seed)
    async with served(site, scenario, seed) as behind, opened(client(seed), "lab", seed) as radio:
        yield radio, behind


PLACES: dict[str, Place] = {"sim": lab, "cassia": router}


def client(seed: int) -> CassiaBackend:
    """Ours, for the router that is `served`."""
    env = Env("lab", clock=clock(), secret=lambda name: f"user:{SECRET}")
    return CassiaBackend(options(parse(f"cassia://lab@{HOST}:{PORT}")), env, Random(f"{seed}/client").random)


def troubled(site: str, wrong: str, seed: int) -> tuple[Simulator, Scenario]:
    """What `bletui bridge run SITE --router-api … --model … --fault WRONG --seed SEED` makes of it."""
    ours, sites = read([wrong])
    (target,) = simulated([parse(site)], model=model(MODEL), faults=sites, seed=seed)
    made = open_target(target, Env("site", clock=clock()))
    assert isinstance(made, Simulator)
    return made, Scenario(ours, seed)


@asynccontextmanager
async def served(site: Simulator, scenario: Scenario, seed: int) -> AsyncIterator[QueuedRadio]:
    """The radio behind the router's API, whose tokens are for `SECRET`. Runs in a `MemoryLoop`."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with opened(site, "site", seed) as radio, asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(
            serve([radio], _listener(), ready=ready.set_result, scenario=scenario, model=MODEL, clock=clock())
        )
        await ready
        yield radio
        serving.cancel()


@asynccontextmanager
async def opened(backend: Backend, name: str, seed: int) -> AsyncIterator[QueuedRadio]:
    """A radio whose luck is the seed's."""
    radio = QueuedRadio(backend, name, clock=clock(), policy=by_vocabulary(Random(f"{seed}/{name}").random))
    await radio.open()
    try:
        yield radio
    finally:
        await radio.aclose()


def _listener() -> Listener:
    return Listener(Listen(HOST, PORT, token=SECRET), _door(0, (HOST, PORT)), _door)


def _door(family: int, address: tuple[object, ...]) -> socket.socket:
    return cast(socket.socket, Door(str(address[0]), cast(int, address[1])))
