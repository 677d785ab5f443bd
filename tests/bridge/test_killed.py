"""kill -9 at random points of connect, subscribe and disconnect: the next start leaves no own link, touches no foreign.

The far side is a router that outlives the bridge: the router's API over a simulated site, in this process. Twice in
the suite; `make soak` as often as the promise says, BLETUI_KILLS=50.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bletui import registry
from bletui.backend import Env
from bletui.bridge.places import Place
from bletui.bridge.remote import RemoteRadio
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.failure import BleError
from bletui.model import Connect, Disconnect, Discover, GattTree, LinkChanged, Owner, Properties, Subscribe
from bletui.radio import Attachment
from bletui.target import parse
from tests.waiting import until

KILLS = int(os.environ.get("BLETUI_KILLS", "2"))
OWN = [f"C0:DE:1A:B0:00:{n:02X}" for n in (1, 2, 3)]
FOREIGN = "C0:DE:1A:B0:00:04"
WITHIN = 30.0


@asynccontextmanager
async def router(devices: int = 8) -> AsyncIterator[tuple[Attachment, int]]:
    """A seat at the router's own radio, and the port of its API."""
    radio = await registry.open_radio(parse(f"sim:lab?devices={devices}&lanes=2&speed=20"), Env("far", speed=1.0))
    seat = await radio.attach(Owner("somebody"))
    await seat.scan(None)
    listening = bind(Listen("127.0.0.1", 0))
    port = listening.socket.getsockname()[1]
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve([radio], listening, ready=lambda _: None))
        yield seat, port
        serving.cancel()
    await radio.aclose()


class Site:
    """The links that the router has, as it tells them."""

    def __init__(self, tasks: asyncio.TaskGroup, seat: Attachment) -> None:
        self.links: set[str] = {peer.address for peer in seat.snapshot.links}
        self.ended: list[str] = []
        self.task = tasks.create_task(self._follow(seat))

    async def _follow(self, seat: Attachment) -> None:
        async for batch in seat.events():
            for event in batch.events:
                if isinstance(event, LinkChanged):
                    (self.links.discard if event.state == "down" else self.links.add)(event.peer.address)
                    self.ended += [event.peer.address] if event.state == "down" else []


@pytest.fixture
def processes() -> Iterator[list[asyncio.subprocess.Process]]:
    """Those that a test started; none outlives it."""
    made: list[asyncio.subprocess.Process] = []
    yield made
    for process in made:
        with suppress(ProcessLookupError):
            if process.returncode is None:
                os.kill(process.pid, signal.SIGKILL)


async def started(
    port: int, socket: Path, state: Path, processes: list[asyncio.subprocess.Process]
) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bletui", "bridge", "run", f"cassia://127.0.0.1:{port}", "--socket", str(socket),
        "--name", "b", "--no-scan", env={**os.environ, "XDG_STATE_HOME": str(state)}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    processes.append(process)
    assert process.stderr is not None
    assert b"listens on" in await process.stderr.readline()
    return process


async def busy(seat: Attachment, address: str) -> None:
    """Connects, subscribes, disconnects, for ever; whatever fails when the bridge is killed, fails."""
    with suppress(BleError):
        while True:
            await seat.perform(Connect(address, None, "random"), limit=10.0)
            tree = await seat.perform(Discover(address))
            assert isinstance(tree, GattTree)
            for service in tree.services:
                for one in service.characteristics:
                    if Properties.NOTIFY in one.properties:
                        await seat.perform(Subscribe(address, handle=one.handle, mode="notify"))
            await seat.perform(Disconnect(address))


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_no_own_link_is_left_and_no_foreign_one_touched(
    tmp_path: Path, processes: list[asyncio.subprocess.Process]
) -> None:
    chance = random.Random(7)
    socket = Path(f"/tmp/bletui-{os.getpid()}-killed/s")
    async with asyncio.timeout(WITHIN * (KILLS + 1)), router() as (far, port), asyncio.TaskGroup() as tasks:
        site = Site(tasks, far)
        await far.perform(Connect(FOREIGN, None, "random"))
        foreign = {FOREIGN, *site.links}  # the site has a link of its own too
        left = 0
        for _ in range(KILLS):
            process = await started(port, socket, tmp_path, processes)
            radio = RemoteRadio(Place(socket=socket), "b")
            seat = await radio.attach(Owner("me"))
            working = [tasks.create_task(busy(seat, address)) for address in OWN]
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            process.kill()
            await process.wait()
            for work in working:
                work.cancel()
            await seat.detach(keep=True)
            left += len(site.links - foreign)
            again = await started(port, socket, tmp_path, processes)
            await until(lambda: site.links == foreign, WITHIN)
            again.terminate()
            await again.wait()
        assert foreign.isdisjoint(site.ended)
        assert left, "none of the kills left a link, so nothing was shown"
        site.task.cancel()
