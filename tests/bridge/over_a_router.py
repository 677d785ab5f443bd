"""A bridge as a process of its own over a router that outlives it.

The far side is the router's API over a simulated site, in this process.
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bletui import registry
from bletui.backend import Env
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.model import Connect, LinkChanged, Owner
from bletui.radio import Attachment
from bletui.target import parse
from tests.program import at_home, running, said

FOREIGN = "C0:DE:1A:B0:00:04"
WITHIN = 30.0


class Site:
    """The links that the router has, as it tells them; `foreign` are those that were there before the bridge."""

    def __init__(self, seat: Attachment) -> None:
        self.links: set[str] = {peer.address for peer in seat.snapshot.links}
        self.foreign: set[str] = set()
        self.ended: list[str] = []

    async def follow(self, seat: Attachment) -> None:
        async for batch in seat.events():
            for event in batch.events:
                if isinstance(event, LinkChanged):
                    (self.links.discard if event.state == "down" else self.links.add)(event.peer.address)
                    self.ended += [event.peer.address] if event.state == "down" else []


@asynccontextmanager
async def router(devices: int = 8) -> AsyncIterator[tuple[Site, int]]:
    """Its site, with a link that somebody else has there, and the port of its API."""
    radio = await registry.open_radio(parse(f"sim:lab?devices={devices}&lanes=2&speed=20"), Env("far", speed=1.0))
    seat = await radio.attach(Owner("somebody"))
    await seat.scan(None)
    listening = bind(Listen("127.0.0.1", 0))
    port = listening.socket.getsockname()[1]
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve([radio], listening, ready=lambda _: None))
        site = Site(seat)
        following = tasks.create_task(site.follow(seat))
        await seat.perform(Connect(FOREIGN, None, "random"))
        site.foreign = {FOREIGN, *site.links}  # the site has a link of its own too
        yield site, port
        following.cancel()
        serving.cancel()
    await radio.aclose()


@asynccontextmanager
async def bridge(port: int, home: Path) -> AsyncIterator[Process]:
    """Over the router at `port`; it listens at `home / "s"`."""
    target = ("bridge", "run", f"cassia://127.0.0.1:{port}", "--name", "b", "--no-scan")
    async with running(*target, "--socket", str(home / "s"), **at_home(home)) as process:
        await said(process, "listens on")
        yield process
