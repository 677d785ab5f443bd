"""Random keys at a busy site: nothing crashes, focus stays, the queue keeps its promises, and everything is reached."""

from __future__ import annotations

from benchmarks.key_walk import Walk, walked
from bletui.testing import virtual_time

SEED = 2  # `python -m benchmarks.key_walk --seed N` repeats a walk


def test_any_key_anywhere() -> None:
    walk: Walk = virtual_time.run(lambda: walked(SEED, least=500, most=4000), limit=None)
    assert walk.steps >= 500
    assert not walk.missed
