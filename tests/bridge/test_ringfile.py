"""The ring on disk: what a writer that was killed at any moment leaves, its bounds, and a disk that takes nothing."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bletui import wire
from bletui.bridge import ringfile, segments
from bletui.bridge.frames import frames
from bletui.bridge.ring import Ring
from bletui.bridge.ringfile import RingFile, kept
from bletui.bridge.segments import Head
from bletui.failure import BleError, ErrorKind
from bletui.model import Event, Lane, LaneChanged, Shed, StreamChanged
from tests.bridge.small_files import files_of_at_most

KILLS = int(os.environ.get("BLETUI_KILLS", "3"))
WITHIN = 30.0
Lines = list[tuple[str, dict[str, object]]]


@contextmanager
def opened(folder: Path, epoch: str, at: float = 0.0, **bounds: float) -> Iterator[tuple[Ring, RingFile, Lines]]:
    lines: Lines = []
    ring = Ring(**{"minutes": 1e6, **bounds})  # type: ignore[arg-type]
    with kept(
        folder, Head("b", epoch, at), ring, lambda event, **facts: lines.append((event, facts)), lambda: at
    ) as file:
        yield ring, file, lines


def add(ring: Ring, seq: int, *events: Event) -> None:
    for frame in frames(seq, events):
        ring.add(frame)


def told(ring: Ring) -> list[Event]:
    return [event for frame in ring.since(0.0) for event in wire.unpack(frame.packed)[0].events]


def lane(n: int) -> LaneChanged:
    return LaneChanged(float(n), Lane(f"lane {n}"))


def test_the_next_run_has_what_the_last_one_had_and_says_that_it_was_stopped(tmp_path: Path) -> None:
    with opened(tmp_path / "ring", "one") as (ring, _, lines):
        assert told(ring) == []
        add(ring, 1, lane(1), lane(2))
    with opened(tmp_path / "ring", "two", 50.0) as (again, _, _):
        one, two, off, live = told(again)
        assert [one, two] == [lane(1), lane(2)]
        assert isinstance(off, StreamChanged)
        assert isinstance(live, StreamChanged)
        assert (off.state, live.state, live.at) == ("off", "live", 50.0)
        assert len(again.log()) == 3  # two lanes in one frame, and the two streams
        assert again.after(0) is None  # the earlier run's numbers are not this one's
    assert lines == []
    for path in [tmp_path / "ring", *(tmp_path / "ring").iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


WRITER = """
import asyncio, sys, time
from pathlib import Path
from bletui.bridge.ring import Ring
from bletui.bridge.ringfile import RingFile
from bletui.bridge.segments import Head
from bletui.bridge.frames import frames
from bletui.model import Lane, LaneChanged

async def main():
    ring = Ring(minutes=1e6)
    file = RingFile(Path(sys.argv[1]), Head("b", "killed", 0.0), ring, print, time.time, every=0.0)
    list(file.earlier())
    ring.keep = file.keep
    ring.bytes_max = 400_000  # small segments: some kills hit a turn
    async with asyncio.TaskGroup() as group:
        group.create_task(file.run())
        print("ready", flush=True)
        for n in range(1, 1_000_000):
            for frame in frames(n, [LaneChanged(float(n), Lane(f"lane {n}"))]):
                ring.add(frame)
            if n % 50 == 0:
                await asyncio.sleep(0.001)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_kill_at_any_moment_leaves_whole_events_in_order(tmp_path: Path) -> None:
    chance = random.Random(5)
    for n in range(KILLS):
        folder = tmp_path / f"ring {n}"
        folder.mkdir(mode=0o700)
        with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            until = time.monotonic() + WITHIN
            while sum(path.stat().st_size for path in folder.iterdir()) < 1_000 and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(chance.uniform(0.0, 0.3))
            os.kill(writer.pid, signal.SIGKILL)
        with opened(folder, "now", 1e6) as (ring, _, lines):
            *lanes, broken, live = told(ring)
            numbers = [int(event.lane.id.removeprefix("lane ")) for event in lanes if isinstance(event, LaneChanged)]
            assert len(numbers) == len(lanes) > 0
            assert numbers == list(range(numbers[0], numbers[-1] + 1))
            assert isinstance(broken, StreamChanged)
            assert (broken.state, broken.at) == ("broken", float(numbers[-1]))
            assert isinstance(live, StreamChanged)
            assert {event for event, _ in lines} <= {"ring damaged"}  # a block that was being written


def test_it_is_bounded_by_bytes_and_by_minutes(tmp_path: Path) -> None:
    folder = tmp_path / "ring"
    with opened(folder, "one", bytes_max=16_000) as (ring, file, _):
        for n in range(1, 2_000):
            add(ring, n, lane(n))
            if n % 20 == 0:
                file.write()
        total = sum(path.stat().st_size for path in folder.glob("*.blering"))
        assert 8_000 < total <= 16_000
    with opened(folder, "two", minutes=1) as (ring, _, _):
        assert any(event == lane(1_999) for event in told(ring))
        add(ring, 1, lane(5_000))
    with opened(folder, "three") as (ring, _, _):
        assert [event for event in told(ring) if isinstance(event, LaneChanged)] == [lane(5_000)]


def test_a_disk_that_takes_nothing_costs_the_file_and_not_the_bridge(tmp_path: Path) -> None:
    folder = tmp_path / "ring"
    with opened(folder, "one") as (ring, file, lines):
        add(ring, 1, lane(1))
        file.write()
        (path,) = folder.glob("*.blering")
        size = path.stat().st_size
        for limit, seq in ((size + 20, 2), (20, 4)):  # in the midst of a block, and of a new segment's head
            with files_of_at_most(limit):
                add(ring, seq, lane(seq), lane(seq + 1))
                file.write()
            assert [one.stat().st_size for one in folder.glob("*.blering")] == [size]
        assert ring.lost == 4
        assert [(event, facts["why"]) for event, facts in lines] == [("ring not written", os.strerror(errno.EFBIG))]
        add(ring, 6, lane(6))
        assert [event for event in told(ring) if isinstance(event, LaneChanged)] == [lane(n) for n in range(1, 7)]
        file.write()
        with files_of_at_most(20):
            add(ring, 7, lane(7))
            file.write()
        assert [facts["lost"] for _, facts in lines] == [2, 5]  # it went well in between: that is said anew
    with opened(folder, "two") as (ring, _, _):
        found = [event for event in told(ring) if not isinstance(event, StreamChanged)]
        assert found == [lane(1), Shed(6.0, None, segments.MISSING, 4), lane(6)]


def test_a_segment_in_which_a_kill_left_nothing_is_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "ring"
    with opened(folder, "one") as (ring, _, _):
        add(ring, 1, lane(1))
    (folder / "0000000009.blering").touch()
    with opened(folder, "two") as (ring, _, lines):
        assert lines == []
        assert lane(1) in told(ring)
        assert not (folder / "0000000009.blering").exists()


def test_what_is_damaged_is_told_and_the_rest_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "ring"
    with opened(folder, "one") as (ring, file, _):
        sizes = []
        for n in range(1, 4):
            add(ring, n, lane(n))
            file.write()
            sizes.append(next(folder.glob("*.blering")).stat().st_size)
    (path,) = folder.glob("*.blering")
    data = bytearray(path.read_bytes())
    data[sizes[1] - 1] ^= 1  # the last byte of the second block
    path.write_bytes(data)
    with opened(folder, "two") as (ring, _, lines):
        assert lines == [("ring damaged", {"file": path.name, "bytes": sizes[1] - sizes[0]})]
        assert [event for event in told(ring) if not isinstance(event, StreamChanged)] == [
            lane(1), Shed(3.0, None, segments.MISSING, 1), lane(3),
        ]  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a file away")
def test_what_somebody_else_put_there_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "ring"
    with opened(folder, "one") as (ring, _, _):
        add(ring, 1, lane(1))
    (path,) = folder.glob("*.blering")
    os.chown(path, 65534, -1)
    with opened(folder, "two") as (ring, _, lines):
        assert [(event, facts["why"]) for event, facts in lines] == [("ring unreadable", f"{path} is not ours")]
        assert told(ring) == []


async def test_what_is_added_is_written_by_itself(tmp_path: Path) -> None:
    with opened(tmp_path / "ring", "one") as (ring, file, _):
        file.every = 0.05
        async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
            running = group.create_task(file.run())
            for n in (1, 2):
                add(ring, n, lane(n))
                while not any(lane(n).lane.id.encode() in path.read_bytes() for path in (tmp_path / "ring").glob("*g")):
                    await asyncio.sleep(0.02)
            running.cancel()


def test_a_slow_disk_is_waited_for_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ringfile, "WAITING_MAX", 1_000)
    with opened(tmp_path / "ring", "one") as (ring, file, _):
        for n in range(1, 101):
            add(ring, n, lane(n))
        assert 0 < ring.lost < 100
        file.write()
        lost = ring.lost
        add(ring, 101, lane(101))
        assert ring.lost == lost


def test_a_second_bridge_does_not_write_there(tmp_path: Path) -> None:
    with opened(tmp_path / "ring", "one"):
        with pytest.raises(BleError) as taken, opened(tmp_path / "ring", "two"):
            pass
        assert taken.value.failure.kind is ErrorKind.BUSY_CAPACITY
        assert f"process {os.getpid()}" in taken.value.failure.detail


def test_what_is_no_segment_is_told_and_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "ring"
    with opened(folder, "one") as (ring, _, _):
        add(ring, 1, lane(1))
    (folder / "0000000000.blering").write_bytes(b"\0" * 100)
    (folder / "0000000007.blering").symlink_to("/etc/hostname")
    (folder / "notes.txt").write_text("mine")
    with opened(folder, "two") as (ring, _, lines):
        assert lane(1) in told(ring)
        assert [facts["file"] for event, facts in lines if event == "ring unreadable"] == [
            "0000000000.blering",
            "0000000007.blering",
        ]
    assert (folder / "notes.txt").exists()
    assert (folder / "0000000008.blering").exists()
