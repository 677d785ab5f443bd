"""Walking round and round."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.simulator.motion import round_trip

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))


def test_the_way_leads_from_corner_to_corner_and_back() -> None:
    assert [round_trip(SQUARE, 1.0, 0.0, t) for t in (0, 5, 10, 25, 35, 40)] == [
        (0.0, 0.0), (5.0, 0.0), (10.0, 0.0), (5.0, 10.0), (0.0, 5.0), (0.0, 0.0),
    ]  # fmt: skip
    assert round_trip(SQUARE, 2.0, 5.0, 5.0) == (10.0, 5.0)


@given(st.floats(0, 1e6), st.floats(0, 1))
def test_nobody_jumps(t: float, dt: float) -> None:
    step = math.dist(round_trip(SQUARE, 1.5, 3.0, t), round_trip(SQUARE, 1.5, 3.0, t + dt))
    assert step <= 1.5 * dt + 1e-6
