"""The journal's file: what shares a write, what waits for it, and disks that are slow, full or gone."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bletui.radio.journalfile import PATIENCE, JournalFile, Line, put, read
from bletui.testing.virtual_time import in_virtual_time
from tests.radio.disks import WITHIN, SlowDisk
from tests.waiting import until

pytestmark = pytest.mark.in_process("no radio is in it")


async def really(true: Callable[[], object]) -> None:
    """Until it holds, in the time of the threads, while the loop's stands still."""
    end = time.monotonic() + WITHIN
    while not true() and time.monotonic() < end:
        time.sleep(0.001)  # noqa: ASYNC251
        await asyncio.sleep(0)
    assert true()


def nothing() -> list[Line]:
    return []


async def test_lines_of_one_turn_are_one_write_and_those_that_come_meanwhile_the_next(tmp_path: Path) -> None:
    disk = SlowDisk()
    file = JournalFile(tmp_path / "links", nothing, write=disk)
    file.note()
    await until(lambda: disk.begun == 1)
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(file.noted(("?", f"{n}"))) for n in range(250)]
        await asyncio.sleep(0)
        disk.let()
        await until(lambda: disk.begun == 2)
        assert not any(task.done() for task in waiting), "theirs is the write that has only begun"
        disk.let()
    assert disk.ended == 2
    assert disk.durable == [("?", f"{n}") for n in range(250)]


async def test_the_loop_goes_on_while_the_disk_does_not(tmp_path: Path) -> None:
    disk = SlowDisk()
    file = JournalFile(tmp_path / "links", nothing, write=disk)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(file.noted(("?", "A")))
        await until(lambda: disk.begun == 1)
        for _ in range(100):
            await asyncio.sleep(0)
        assert not waiting.done()
        disk.let()


async def test_many_lines_become_those_that_count(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "links", lambda: [("+", "a", "A")])
    await file.noted()
    for _ in range(3):
        await file.noted(*[("?", "B")] * 2000)
    assert list(read(file.path)) == [("+", "a", "A")]


async def test_a_line_that_was_cut_by_the_last_process_swallows_none(tmp_path: Path) -> None:
    (tmp_path / "links").write_bytes(b"+ a A\n+ a B")
    assert list(read(tmp_path / "links")) == [("+", "a", "A")]
    file = JournalFile(tmp_path / "links", lambda: [("+", "a", "A"), ("?", "C")])
    await file.noted(("?", "C"))
    assert list(read(file.path)) == [("+", "a", "A"), ("?", "C")]


async def test_after_its_end_the_file_is_anothers(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "links", lambda: [("+", "a", "A")])
    await file.aclose()
    assert list(read(file.path)) == [("+", "a", "A")]
    file.path.write_bytes(b"+ a B\n")
    file.note(("-", "a", "A"))
    file.anew()
    await file.aclose()
    await asyncio.sleep(0.01)
    assert list(read(file.path)) == [("+", "a", "B")]


async def test_the_end_waits_for_the_write_that_runs(tmp_path: Path) -> None:
    disk = SlowDisk()
    file = JournalFile(tmp_path / "links", lambda: [("+", "a", "A")], write=disk)
    file.note(("?", "A"))
    await until(lambda: disk.begun == 1)
    disk.let(2)
    await file.aclose()
    assert disk.ended == 2


async def test_a_disk_that_takes_nothing_is_told_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told: list[OSError] = []
    file = JournalFile(tmp_path / "file" / "links", nothing, told.append)
    for _ in range(3):
        await file.noted(("?", "A"))
    assert [failed.errno for failed in told] == [errno.EEXIST]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
async def test_a_full_disk_is_told_once_and_costs_no_line_once_there_is_room(tmp_path: Path) -> None:
    import resource

    told: list[OSError] = []
    lines: list[Line] = [("+", "a", "A")]
    file = JournalFile(tmp_path / "links", lambda: lines, told.append)
    await file.noted()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.path.stat().st_size + 5, before[1]))
    try:
        for address in ("B", "C"):  # the first is cut after five bytes
            lines.append(("?", f"{address}{address}"))
            await file.noted(lines[-1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [failed.errno for failed in told] == [errno.EFBIG]
    assert file.failed is not None
    await file.noted()
    assert file.failed is None
    assert list(read(file.path)) == lines


@pytest.mark.skipif(sys.platform == "win32", reason="FIFOs")
@in_virtual_time
async def test_a_disk_that_hangs_is_told_and_waited_for_once(tmp_path: Path) -> None:
    """Opening a FIFO that nobody reads waits for ever, in the thread; time that passes is the loop's."""
    loop, told = asyncio.get_running_loop(), list[int | None]()
    stuck = tmp_path / "links.new"
    os.mkfifo(stuck)

    def failing(failed: OSError) -> None:
        told.append(failed.errno)
        if failed.errno == errno.EINVAL:  # what a FIFO says to fsync
            stuck.unlink()

    file = JournalFile(tmp_path / "links", lambda: [("?", "A"), ("?", "B")], failing)
    try:
        await file.noted(("?", "A"))
        assert loop.time() == PATIENCE
        await file.noted(("?", "B"))
        assert loop.time() == PATIENCE
        assert told == [errno.ETIMEDOUT]
    finally:
        number = os.open(stuck, os.O_RDONLY | os.O_NONBLOCK)
    await really(lambda: file.failed is None)
    os.close(number)
    assert told == [errno.ETIMEDOUT, errno.EINVAL]
    assert list(read(file.path)) == [("?", "A"), ("?", "B")]


def test_what_can_not_be_replaced_is_said_and_stays(tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    failed = put(tmp_path / "links", b"x\n", whole=True)
    assert failed is not None
    assert (tmp_path / "links").is_dir()
