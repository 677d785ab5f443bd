from __future__ import annotations

from bletui.clock import Clock, Steady


def test_steady_wall_time_never_runs_backwards() -> None:
    readings = iter([5.0, 7.0, 6.0, 6.5, 8.0])
    steady = Steady(Clock(wall=lambda: next(readings)))
    assert [steady.wall() for _ in range(5)] == [5.0, 7.0, 7.0, 7.0, 8.0]
