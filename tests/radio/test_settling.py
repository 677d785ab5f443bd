"""How often the queue is looked through: once for what a turn of the loop brings, however much that is."""

from __future__ import annotations

import asyncio
import time

import pytest

from bletui.connections import ConnectionQueue, Step
from bletui.model import Connect, Lane, OpId
from bletui.radio.runner import Runner
from tests.radio.playing import at_once
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

pytestmark = pytest.mark.in_process("a bridge makes no calls")

MANY = 200


class Counted(ConnectionQueue):
    looks = 0

    def advance(self, now: float) -> list[Step]:
        self.looks += 1
        return super().advance(now)


async def test_hundreds_of_calls_that_begin_and_end_at_once_are_looked_through_a_few_times() -> None:
    lane, may, ready = Lane("a", connects=MANY), asyncio.Event(), asyncio.Event()
    backend, queue = ScriptedBackend(lane), Counted(at_once, lambda _, __: None)
    runner = Runner(backend, queue, time.time, lambda _: None, lambda _: None, lambda _, __: None)
    await backend.open(lambda _: None)
    queue.lane_changed(lane)

    async def waits() -> None:
        await may.wait()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(runner.serve(ready))
        await ready.wait()
        asked = []
        for n in range(MANY):
            backend.script[f"{n}"] = [waits]
            made = runner.perform(OpId("me", n), Connect(f"{n}"), limit=10, deadline=None, priority=0)
            asked.append(tasks.create_task(made))
        await until(lambda: len(backend.running) == MANY)
        assert queue.looks <= 2
        may.set()
        await asyncio.gather(*asked)
        assert queue.looks <= 4
        serving.cancel()
