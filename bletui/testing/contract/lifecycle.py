"""Promises about opening and closing."""

from __future__ import annotations

import asyncio

from bletui.model import ScanRequest
from bletui.testing.contract.subject import Bench, Subject, bench

OPEN_WITHIN = 1.0


async def open_is_quick(subject: Subject) -> None:
    """open() returns within a second."""
    backend = subject.open()
    made = Bench(subject, backend)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await backend.open(made.emit)
    took = loop.time() - began
    await backend.aclose()
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
    await subject.open().aclose()


CHECKS = {
    open_is_quick: (),
    lanes_are_told: (),
    ids_stay_the_same_over_a_restart: (),
    closing_leaves_nothing: (),
    closing_without_opening: (),
}
