"""Work in a thread that nobody has to wait for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bletui.bridge.publishing.threads import in_thread


async def test_what_it_gives_and_what_it_raises() -> None:
    assert await in_thread(lambda: threading.current_thread().daemon) is True
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_what_nobody_waits_for_any_more_is_undone() -> None:
    go, undone = threading.Event(), asyncio.Event()
    made: list[bool] = []

    def undo(one: bool) -> None:
        made.append(one)
        undone.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await in_thread(lambda: go.wait(30), undo)
    go.set()
    async with asyncio.timeout(30):
        await undone.wait()
    assert made == [True]


async def test_a_failure_that_nobody_waits_for_is_nobodys() -> None:
    go, over = threading.Event(), threading.Event()

    def fail() -> None:
        go.wait(30)
        over.set()
        raise ZeroDivisionError

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await in_thread(fail)
    go.set()
    assert await asyncio.to_thread(over.wait, 30)
