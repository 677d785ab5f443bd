from __future__ import annotations

import asyncio
import time

import pytest

from bletui.testing.virtual_time import START, VirtualLoop, clock, in_virtual_time, run


def test_a_day_of_waiting_takes_no_time_and_keeps_its_order() -> None:
    async def main() -> list[tuple[float, str]]:
        seen: list[tuple[float, str]] = []
        wall = clock().wall

        async def say(word: str, after: float) -> None:
            await asyncio.sleep(after)
            seen.append((wall() - START, word))

        async with asyncio.TaskGroup() as group:
            for word, after in (("late", 86_400.0), ("soon", 1.5), ("later", 3600.0)):
                group.create_task(say(word, after))
        return seen

    began = time.monotonic()
    assert run(main, limit=None) == [(1.5, "soon"), (3600.0, "later"), (86_400.0, "late")]
    assert time.monotonic() - began < 2


def test_what_never_ends_is_ended() -> None:
    async def main() -> None:
        while True:
            await asyncio.sleep(60.0)

    with pytest.raises(TimeoutError):
        run(main, limit=3600.0)


def test_time_outs_pass_too() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(600):
                await asyncio.Event().wait()
        return clock().monotonic()

    assert run(main) == pytest.approx(600)


def test_a_standstill_is_seen_as_one() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.stall(5.0)
        return loop.time()

    assert run(main) == 5.0


@pytest.mark.parametrize("hours", [0.5, 1.5])
@in_virtual_time
async def test_a_test_may_run_in_virtual_time_as_a_whole(hours: float) -> None:
    await asyncio.sleep(hours * 3600)
    assert clock().monotonic() == hours * 3600
