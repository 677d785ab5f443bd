"""Waiting for what others change."""

from __future__ import annotations

import asyncio

import pytest

from bletui.news import News
from bletui.testing.virtual_time import in_virtual_time


@in_virtual_time
async def test_everybody_who_waits_looks_again_at_every_change_and_gets_what_is_found() -> None:
    news, found = News(), list[str]()

    async def gets(number: int) -> str | None:
        return await news.first(lambda: found[number] if len(found) > number else None, 10)

    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(gets(number)) for number in (0, 1, 1)]
        for word in ("", "b"):  # an empty one is something too
            await asyncio.sleep(1)
            found.append(word)
            news.tell()
    assert [task.result() for task in waiting] == ["", "b", "b"]


@in_virtual_time
async def test_what_holds_already_is_not_waited_for_and_what_does_not_come_ends_in_time() -> None:
    news, loop = News(), asyncio.get_running_loop()
    began = loop.time()
    assert await news.until(lambda: ["true"], 0.0)
    assert loop.time() == began
    assert not await news.until(list, 2.0)
    assert not await news.until(lambda: None, 3.0)
    assert loop.time() == pytest.approx(began + 5)


@in_virtual_time
async def test_a_time_out_of_what_is_looked_at_is_no_answer() -> None:
    def fails() -> bool:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await News().until(fails, 1.0)
