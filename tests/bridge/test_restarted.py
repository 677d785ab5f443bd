"""A bridge that is killed, and its next run: what the ring's file brings back, and what two bridges may not share."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bletui.bridge.remote import RemoteRadio
from bletui.model import Advertisement, Event, LinkChanged, Owner, StreamChanged
from tests.bridge.running import remote
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

ADDRESS = "C0:DE:1A:B0:00:01"
WITHIN = 30.0


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder:  # pytest's own folders have longer names than sockets
        yield Path(folder)


async def started(home: Path, *options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bletui", "bridge", "run", "sim:lab?speed=20", "--name", "desk",
        "--socket", str(home / "s"), *options,
        env={**os.environ, "XDG_STATE_HOME": str(home / "state")}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@asynccontextmanager
async def running(home: Path, *options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[str]]]:
    """The bridge, and the lines that it said on stderr until it listened."""
    process = await started(home, *options)
    said: list[str] = []
    try:
        assert process.stderr is not None
        async with asyncio.timeout(WITHIN):
            while not said or "listens on" not in said[-1]:
                said.append((await process.stderr.readline()).decode())
                assert said[-1], said
        yield process, said
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def segments(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (home / "state/bletui").glob("desk.ring/*.blering"))


async def used_and_killed(home: Path) -> None:
    """A link is made, and the bridge killed once the ring's file has it."""
    async with running(home) as (process, _):
        seat = await remote(home / "s").attach(Owner("me"))
        await seat.connect(ADDRESS)
        await until(lambda: ADDRESS.encode() in segments(home), WITHIN)
        process.kill()
        await process.wait()
        await seat.detach(keep=True)


async def logged(home: Path) -> tuple[list[Event], list[Event]]:
    """What a new client's log has, and its history."""
    far: RemoteRadio = remote(home / "s")
    seat = await far.attach(Owner("other"))
    history = await seat.history(0.0)
    await far.aclose()
    log = [event for batch in seat.log for event in batch.events]
    return log, [event for batch in history for event in batch.events]


def streams(events: list[Event]) -> list[str]:
    return [event.state for event in events if isinstance(event, StreamChanged) and event.stream == "bridge"]


async def test_what_was_before_a_kill_is_shown_with_the_gap_behind_it(home: Path) -> None:
    await used_and_killed(home)
    async with running(home) as (process, _):
        log, history = await logged(home)
        assert any(isinstance(event, LinkChanged) and event.peer.address == ADDRESS for event in log)
        assert streams(log) == ["broken", "live"]
        gap = next(n for n, event in enumerate(log) if isinstance(event, StreamChanged) and event.state == "broken")
        failure = log[gap].failure  # type: ignore[union-attr]
        assert failure is not None
        assert "killed" in failure.detail
        times = [event.at for event in log]
        assert times[gap - 1] <= times[gap] < times[gap + 1] <= min(times[gap + 2 :])
        at = times[gap]
        assert any(isinstance(event, Advertisement) and event.at <= at for event in history)
        process.terminate()
        await process.wait()
    async with running(home):
        log, _ = await logged(home)
        assert streams(log) == ["broken", "live", "off", "live"]


async def test_without_the_file_nothing_is_left(home: Path) -> None:
    async with running(home, "--no-ring-file") as (process, _):
        seat = await remote(home / "s").attach(Owner("me"))
        await seat.connect(ADDRESS)
        await seat.detach(keep=False)
        process.terminate()
        await process.wait()
    assert not list((home / "state/bletui").glob("*.ring"))


async def test_two_bridges_of_one_name_do_not_share_a_journal_or_a_ring(home: Path) -> None:
    (home / "private").mkdir(mode=0o755)
    (home / "state").mkdir()
    (home / "state/bletui").symlink_to(home / "private")  # as a service manager makes it for a dynamic user
    async with running(home) as (process, said_first):
        assert len(said_first) == 1, said_first
        assert (home / "private/desk.ring/lock").exists()
        other = await started(home, "--socket", str(home / "other"))
        assert other.stderr is not None
        _, err = await asyncio.wait_for(other.communicate(), WITHIN)
        assert other.returncode == 1
        said = " ".join(err.decode().split())
        assert f"of this --name keeps its links there already (process {process.pid})" in said
