from __future__ import annotations

import asyncio
import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.cli.keyboard import LINE_MAX, Keyboard


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


async def test_lines_come_one_by_one_whole_and_without_their_ends(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    keyboard = Keyboard(reader)
    os.write(writer, b"one\r\ntwo\nth\xffree")
    assert await keyboard.line() == "one"
    assert await keyboard.line() == "two"
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(keyboard.line())
        await asyncio.sleep(0)
        os.close(writer)
    assert waiting.result() == "th\ufffdree"
    assert await keyboard.line() is None


async def test_waiting_can_be_cancelled_and_loses_nothing(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    keyboard = Keyboard(reader)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await keyboard.line()
    os.write(writer, b"late\n")
    assert await keyboard.line() == "late"
    os.close(writer)


async def test_a_file_is_read_like_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    path.write_bytes(b"482913\n")
    with path.open("rb", buffering=0) as file:
        keyboard = Keyboard(file.fileno())
        assert not keyboard.is_terminal()
        assert [await keyboard.line(), await keyboard.line()] == ["482913", None]


async def test_a_line_without_an_end_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "endless"
    path.write_bytes(b"x" * (3 * LINE_MAX))
    with path.open("rb", buffering=0) as file:
        keyboard = Keyboard(file.fileno())
        line = await keyboard.line()
    assert line is not None
    assert len(line) <= 2 * LINE_MAX


def test_a_terminal_is_one() -> None:
    far, near = pty.openpty()
    assert Keyboard(near).is_terminal()
    os.close(far)
    os.close(near)
