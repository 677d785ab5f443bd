"""A socket's file that is removed while its bridge runs, as a runtime folder is with its user's last session."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bletui.bridge import reachable, sockets
from bletui.bridge.access import Group
from bletui.bridge.protocol import messages as m
from bletui.bridge.server import Bridge
from bletui.radio import QueuedRadio
from tests.bridge.raw import Raw
from tests.bridge.running import bridge
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

Lines = list[tuple[str, dict[str, object]]]


@pytest.fixture
def path(home: Path) -> Path:
    return home / "run/bletui/s"


@asynccontextmanager
async def served(path: Path, group: Group | None = None) -> AsyncIterator[tuple[Bridge, Lines]]:
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    lines: Lines = []
    async with (
        asyncio.timeout(20),
        bridge(radio, path=path, group=group, record=lambda event, **facts: lines.append((event, facts))) as (made, _),
        asyncio.TaskGroup() as tasks,
    ):
        (place,) = made.listening
        assert place.held is not None
        staying = tasks.create_task(reachable.stay(made, place, place.held, every=0.01))
        await asyncio.sleep(0)  # it looks at what is there
        yield made, lines
        staying.cancel()
    await radio.aclose()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def remove(path: Path) -> None:
    path.unlink()


def test_a_bridge_that_ends_leaves_anothers_socket_alone(path: Path) -> None:
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(sockets.listening(path))
        shutil.rmtree(path.parent)
        second.enter_context(sockets.listening(path))
        first.close()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
        second.close()
        assert not path.exists()


async def test_it_listens_anew_and_who_is_there_notices_nothing(path: Path) -> None:
    group = Group(os.getgid(), "own", "viewer")
    async with served(path, group) as (made, lines):
        here = await Raw.to(path)
        await here.seated("me")
        shutil.rmtree(path.parent.parent)
        await until(lambda: "listens again" in [event for event, _ in lines])
        assert mode(path) == 0o660  # as before
        late = await Raw.to(path)
        await late.seated("you")
        for raw in (here, late):
            raw.say(m.Call(1, m.Rescan()))
            assert isinstance(await raw.until(m.Reply), m.Reply)
            raw.writer.close()
        assert [place.name for place in made.listening] == [str(path)]
    assert sockets.mark(path) is None


async def test_while_another_has_the_place_that_is_said_once_and_tried_again(path: Path) -> None:
    async with served(path) as (_, lines):
        remove(path)
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            other.listen()
            await until(lambda: lines[-1][0] == "not reachable")
            assert "another program listens there" in str(lines[-1][1]["why"])
            asked = [await asyncio.to_thread(other.accept) for _ in range(3)]  # it looked three times
            assert [event for event, _ in lines] == ["started", "not reachable"]
        remove(path)
        await until(lambda: lines[-1][0] == "listens again")
        for one, _ in asked:
            one.close()
