from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.cli.outlet import PIECE, Outlet, _pieces


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for number in (reader, writer):
        try:
            os.close(number)
        except OSError:
            continue  # the test closed it


def fill(writer: int) -> int:
    os.set_blocking(writer, False)
    count = 0
    try:
        while True:
            count += os.write(writer, b"x" * 1024)
    except BlockingIOError:
        os.set_blocking(writer, True)
        return count


async def closed(reader: int) -> None:
    os.close(reader)
    await asyncio.Event().wait()


async def test_a_full_pipe_holds_back_the_writer_and_not_the_loop(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    held = fill(writer)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        writing = group.create_task(Outlet(writer).write("line\n"))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not writing.done()
        os.read(reader, held)
    assert os.read(reader, 100) == b"line\n"


async def test_a_held_back_writer_can_be_cancelled(pipe: tuple[int, int]) -> None:
    fill(pipe[1])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await Outlet(pipe[1]).write("line\n")


async def test_a_reader_that_goes_away_ends_the_block_also_without_a_write(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    with pytest.raises(BrokenPipeError), Outlet(writer).ends_with_reader():
        await closed(reader)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_another_cancellation_passes_through(pipe: tuple[int, int]) -> None:
    with pytest.raises(TimeoutError), Outlet(pipe[1]).ends_with_reader():
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()


async def test_a_write_to_nobody_is_a_broken_pipe(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    with pytest.raises(BrokenPipeError):
        await Outlet(pipe[1]).write("line\n")


async def test_files_take_everything_at_once(tmp_path: Path) -> None:
    text = "a line\n" * 10_000
    with (tmp_path / "out").open("wb") as file:
        outlet = Outlet(file.fileno())
        with outlet.ends_with_reader():
            await outlet.write(text)
    assert (tmp_path / "out").read_text() == text


def test_pieces_end_with_lines_where_they_can() -> None:
    line = b"x" * 999 + b"\n"
    pieces = list(_pieces(line * 10))
    assert b"".join(pieces) == line * 10
    assert all(len(piece) <= PIECE and piece.endswith(b"\n") for piece in pieces)
    assert [len(piece) for piece in _pieces(b"x" * (PIECE + 1))] == [PIECE, 1]
