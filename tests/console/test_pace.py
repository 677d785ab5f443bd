"""At most one data frame is on its way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.console.pace import RETRY, FramePace


def test_nothing_is_painted_until_the_terminal_has_taken_the_frame_before() -> None:
    pace = FramePace(4, start=0)
    pace.answered()
    assert pace.due(0.25)
    pace.painted(0.25)
    assert not any(pace.due(0.25 + n / 4) for n in range(100))
    pace.answered()
    assert pace.due(30)


def test_a_terminal_that_answers_nothing_gets_one_frame_a_second_after_two_seconds() -> None:
    pace = FramePace(4, start=0)
    painted = []
    for quarter in range(1, 41):
        if pace.due(quarter / 4):
            pace.painted(quarter / 4)
            painted.append(quarter / 4)
    assert painted == [n / 4 for n in range(1, 9)] + [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]


def test_the_pace_that_was_asked_for_is_kept_where_no_answer_comes() -> None:
    pace = FramePace(4, start=0, forced=True)
    assert not pace.waiting
    for quarter in range(1, 41):
        assert pace.due(quarter / 4)
        pace.painted(quarter / 4)


def test_a_late_first_answer_starts_the_gate() -> None:
    pace = FramePace(4, start=0)
    pace.painted(5)
    pace.answered()
    assert pace.due(5.25)
    pace.painted(5.25)
    assert not pace.due(9)


def test_what_is_waited_for_makes_a_frame_due_but_not_over_one_that_is_on_its_way() -> None:
    pace = FramePace(4, start=0)
    pace.painted(1.0)
    assert not pace.due(1.01)
    assert pace.soon()
    assert pace.due(1.01)
    pace.answered()
    pace.painted(1.01)
    assert not pace.soon()
    assert not pace.due(30)
    pace.answered()
    assert pace.soon()
    pace.stop()
    assert not pace.soon()


def test_an_unanswered_query_is_sent_again() -> None:
    pace = FramePace(4, start=0)
    pace.answered()
    pace.painted(1)
    assert not pace.ask_again(1 + RETRY - 0.1)
    assert pace.ask_again(1 + RETRY)
    assert not pace.ask_again(1 + RETRY + 1)
    assert pace.ask_again(1 + 2 * RETRY)


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=60), st.sampled_from([1.0, 4.0]))
def test_frames_never_outnumber_answers_once_one_came(steps: list[tuple[float, bool]], frames: float) -> None:
    pace = FramePace(frames, start=0)
    pace.answered()
    now, painted, answers = 0.0, 0, 0
    for wait, answer in steps:
        now += wait
        if answer and pace.waiting:
            pace.answered()
            answers += 1
        if pace.due(now):
            pace.painted(now)
            painted += 1
        assert painted - answers <= 1
