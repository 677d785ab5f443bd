"""Promises about opening and closing."""

from __future__ import annotations

import asyncio

from bletui.model import ScanRequest
from bletui.testing.contract.subject import Bench, Subject, bench

OPEN_WITHIN = 1.0
LOOKS, STEP = 50, 0.01  # how often is looked, seconds between
HELD_UP = 0.25  # seconds that a key would wait; far more than a loaded machine's scheduler takes


async def open_is_quick(subject: Subject) -> None:
    """open() returns within a second."""
    made = Bench(subject, subject.open())
    loop = asyncio.get_running_loop()
    began = loop.time()
    await made.opened()
    took = loop.time() - began
    await made.closed()
    assert took <= OPEN_WITHIN, f"open() took {took:.2f} s; it must not wait for the far side"


async def lanes_are_told(subject: Subject) -> None:
    """Each lane is told once it is known, and says how many connects it takes at a time."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        assert all(lane.connects >= 1 for lane in b.lanes().values()), "Lane.connects must be at least 1"


async def ids_stay_the_same_over_a_restart(subject: Subject) -> None:
    """A lane has the same id when the backend is opened again."""
    seen = []
    for _ in range(2):
        async with bench(subject) as b:
            await b.until(b.lanes, "LaneChanged")
            seen.append(set(b.lanes()))
    assert seen[0] & seen[1], f"no lane kept its id: {sorted(seen[0])}, then {sorted(seen[1])}"


async def the_loop_is_never_held_up(subject: Subject) -> None:
    """Nothing in the backend holds the loop up while it scans: everything else in bletui runs there too."""
    loop = asyncio.get_running_loop()
    late = []
    async with bench(subject) as b:
        b.backend.scan(ScanRequest())
        for _ in range(LOOKS):
            began = loop.time()
            await asyncio.sleep(STEP)
            late += [took for took in (loop.time() - began - STEP,) if took > HELD_UP]
            # once may be the machine's doing
            assert len(late) < 2, (
                f"the loop stood still for {late[0]:.2f} s, {late[1]:.2f} s …; blocking work: a thread"
            )


async def closing_leaves_nothing(subject: Subject) -> None:
    """aclose() ends every task, and nothing is emitted afterwards."""
    before = asyncio.all_tasks()
    async with bench(subject) as b:
        b.backend.scan(ScanRequest())
        await b.until(b.lanes, "LaneChanged")
    told = len(b.batches)
    left = asyncio.all_tasks() - before
    assert not left, f"tasks left behind: {sorted(task.get_name() for task in left)}"
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(b.batches) == told, f"emitted after aclose(): {b.batches[told:]}"


async def closing_without_opening(subject: Subject) -> None:
    """aclose() works on a backend that was never opened."""
    await Bench(subject, subject.open()).closed()


CHECKS = {
    open_is_quick: (),
    lanes_are_told: (),
    the_loop_is_never_held_up: (),
    ids_stay_the_same_over_a_restart: (),
    closing_leaves_nothing: (),
    closing_without_opening: (),
}
