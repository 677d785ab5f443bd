"""A bridge that is killed, and its next run: what the ring's file brings back, and what two bridges may not share."""

from __future__ import annotations

import sys
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bletui.bridge.remote import RemoteRadio
from bletui.model import Advertisement, Event, LinkChanged, Owner, StreamChanged
from tests.bridge.running import remote
from tests.program import WITHIN, at_home, ended, running, said
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

ADDRESS = "C0:DE:1A:B0:00:01"


def bridge(home: Path, socket: str = "s", *options: str) -> AbstractAsyncContextManager[Process]:
    arguments = ("bridge", "run", "sim:lab?speed=20", "--name", "desk", "--socket", str(home / socket), *options)
    return running(*arguments, **at_home(home))


def segments(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (home / "bletui").glob("desk.ring/*.blering"))


async def used_and_killed(home: Path) -> None:
    """A link is made, and the bridge killed once the ring's file has it."""
    async with bridge(home) as process:
        await said(process, "listens on")
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
    async with bridge(home) as process:
        await said(process, "listens on")
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
    async with bridge(home) as process:
        await said(process, "listens on")
        log, _ = await logged(home)
        assert streams(log) == ["broken", "live", "off", "live"]


async def test_without_the_file_nothing_is_left(home: Path) -> None:
    async with bridge(home, "s", "--no-ring-file") as process:
        await said(process, "listens on")
        seat = await remote(home / "s").attach(Owner("me"))
        await seat.connect(ADDRESS)
        await seat.detach(keep=False)
        process.terminate()
        await process.wait()
    assert not list((home / "bletui").glob("*.ring"))


async def test_two_bridges_of_one_name_do_not_share_a_journal_or_a_ring(home: Path) -> None:
    (home / "private").mkdir(mode=0o755)
    (home / "bletui").symlink_to(home / "private")  # as a service manager makes it for a dynamic user
    async with bridge(home) as process:
        assert "listens on" in await said(process, ""), "the first that it says"
        assert (home / "private/desk.ring/lock").exists()
        async with bridge(home, "other") as other:
            code, _, err = await ended(other)
        assert code == 1
        assert f"of this --name keeps its links there already (process {process.pid})" in " ".join(err.split())
