"""A bridge that says nothing any more, as where the network between is cut without a word."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bletui.bridge.dialling import SILENT_BEATS
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.failure import ErrorKind
from bletui.model import Batch, Owner, StreamChanged
from tests.bridge.reattached import Told
from tests.bridge.running import remote

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

BEAT = 0.04


@pytest.fixture
def path(home: Path) -> Path:
    return home / "s"


async def beat(writer: asyncio.StreamWriter, count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(BEAT)
        writer.write(codec.from_bridge(m.Beat(1.0)))


@asynccontextmanager
async def far_side(path: Path, beats: list[int]) -> AsyncIterator[list[float]]:
    """Greets whoever comes, and beats so often on the first connection, the second …: no more then. When each came."""
    came: list[float] = []
    loop = asyncio.get_running_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await reader.read(65_536)
            count = beats[len(came)]
            came.append(loop.time())
            welcome = m.Welcome(1, "far", "test", "me", "operator", "epoch", 0, 1.0, "resume", False, 65_536, BEAT)
            writer.write(codec.from_bridge(welcome) + codec.from_bridge(m.SnapshotPart(False, Batch(0, ()))))
            beating = group.create_task(beat(writer, count))
            while data := await reader.read(65_536):
                for said in codec.ClientReader().feed(data):
                    if isinstance(said, m.Call):  # to leave
                        writer.write(codec.from_bridge(m.Reply(said.id)))
            beating.cancel()

    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []
        server = await asyncio.start_unix_server(
            lambda reader, writer: tasks.append(group.create_task(serve(reader, writer))), str(path)
        )
        async with server:
            yield came
        for task in tasks:
            task.cancel()


async def test_a_bridge_that_beats_no_more_is_lost_and_found_again(path: Path) -> None:
    async with asyncio.timeout(10), far_side(path, [10, 400]) as came, asyncio.TaskGroup() as group:
        seat = await remote(path).attach(Owner("me"))
        told = Told(group, seat)
        await told.until(lambda event: isinstance(event, StreamChanged) and event.state == "live")
        assert told.streams() == ["broken", "live"]
        broken = told.events[0]
        assert isinstance(broken, StreamChanged)
        assert broken.failure is not None
        assert broken.failure.kind is ErrorKind.NET_TIMEOUT
        assert broken.failure.detail == f"nothing was heard from the bridge for {SILENT_BEATS * BEAT:g} s"
        assert came[1] - came[0] > (10 + SILENT_BEATS) * BEAT  # each beat counted as a sign of life
        await seat.detach(keep=True)
        assert len(came) == 2
