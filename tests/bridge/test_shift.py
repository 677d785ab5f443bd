from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from bletui.bridge import shift
from bletui.bridge.shift import TOLERANCE, offset, shifted
from bletui.model import Advertisement, Event
from tests import values

TIMES = {"at", "expires", "retry_at", "started", "since"}


def times(value: object, name: str = "") -> list[float]:
    """Every wall time within a value, by the names that the model gives them."""
    if isinstance(value, Advertisement):
        return [value.at]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [t for field in dataclasses.fields(value) for t in times(getattr(value, field.name), field.name)]
    return [float(value)] if name in TIMES and isinstance(value, int | float) else []


@settings(max_examples=60)
@given(values.events, st.sampled_from([-3600.0, 0.0, 7.5]))
def test_every_time_and_nothing_else_is_moved(event: Event, by: float) -> None:
    moved = shifted(event, by)
    assert [round(t, 3) for t in times(moved)] == [round(t + by, 3) for t in times(event)]
    back = shifted(moved, -by)
    assert type(back) is type(event)
    assert [round(t, 3) for t in times(back)] == [round(t, 3) for t in times(event)]


def test_clocks_that_agree_are_left_alone() -> None:
    assert offset(100.0, 100.0 + TOLERANCE) == 0.0
    assert offset(100.0, 160.0) == -60.0
    assert shift.TOLERANCE == 1.0
