"""When a tick is due, and what happens to a host that has fallen behind."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.siteclock import CATCH_UP, STANDSTILL, SiteClock, Turn


def clock(speed: float = 1.0) -> SiteClock:
    made = SiteClock(1000.0, speed)
    made.begin(50.0, 1000.0)
    return made


@pytest.mark.parametrize(
    ("now", "turn"),
    [
        (50.0, Turn.WAIT),
        (51.99, Turn.WAIT),
        (52.0, Turn.DELIVER),
        (52.0 + CATCH_UP, Turn.DELIVER),
        (52.1 + CATCH_UP, Turn.SHED),
        (52.0 + STANDSTILL, Turn.SHED),
    ],
)
def test_turns(now: float, turn: Turn) -> None:
    assert clock().turn(2.0, now, 950.0 + now) is turn


def test_speed_makes_ticks_due_sooner() -> None:
    assert clock(speed=10.0).turn(2.0, 50.2, 1000.2) is Turn.DELIVER
    assert clock(speed=10.0).lag(2.0, 50.0) == pytest.approx(-0.2)


def test_events_are_never_dated_later_than_the_wall_clock_at_any_speed() -> None:
    assert clock(speed=10.0).wall(2.0) == pytest.approx(1000.2)
    assert clock(speed=0.5).wall(2.0) == pytest.approx(1004.0)


def test_after_a_standstill_the_site_goes_on_where_it_was_at_the_wall_time_of_now() -> None:
    made = clock()
    assert made.turn(2.0, 3652.0, 4602.0) is Turn.DELIVER
    assert made.start + 2.0 == pytest.approx(1000.0 + 3602.0)
    assert made.turn(2.05, 3652.0, 4602.0) is Turn.WAIT


def test_a_machine_that_was_suspended_goes_on_at_the_wall_time_of_now_too() -> None:
    made = clock()
    assert made.turn(2.0, 52.0, 1002.0 + 3600.0) is Turn.DELIVER
    assert made.start == pytest.approx(1000.0 + 3600.0)
    assert made.turn(2.05, 52.06, 1002.06 + 3600.0) is Turn.DELIVER
    assert made.start == pytest.approx(1000.0 + 3600.0)


def test_a_wall_clock_that_is_set_back_changes_nothing() -> None:
    made = clock()
    assert made.turn(2.0, 52.0, 500.0) is Turn.DELIVER
    assert made.start == 1000.0


def test_the_site_begins_when_it_is_told_to_and_never_before_its_lanes() -> None:
    made = SiteClock(1000.0)
    made.begin(50.0, 1300.0)
    assert made.start == 1300.0
    made.begin(50.0, 900.0)
    assert made.start == 1300.0
