"""Which lines of the log are shown: filter and level, cursor, follow, marks and selection, whatever the log loses."""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bletui.console.logview import LogView
from bletui.failure import ErrorKind, Failure
from bletui.filters.logged import parse_log
from bletui.filters.logterms import LogFilter
from bletui.log import Entry, Log, Mark
from bletui.log.about import Reading
from bletui.model import LinkChanged, Notification, Peer, Shed

NOW, PEER = 1_700_000_000.0, Peer("tiny/hci0", "C0:00:00:00:00:01")


def note(n: int) -> Entry:
    return Entry("tiny", Notification(NOW + n, PEER, n % 3, b"\x07"))


def reading(entry: Entry) -> Reading:
    return Reading(entry, lambda address: None, {})


def filled(count: int, lines_max: int = 100_000) -> LogView:
    log = Log(lines_max)
    for n in range(count):
        log.append(note(n))
    view = LogView(log, reading)
    view.take()
    return view


def wanted(text: str) -> LogFilter:
    return parse_log(text, now=NOW)


def all_taken(view: LogView) -> LogView:
    while view.take():
        pass
    return view


def test_it_follows_until_the_cursor_moves_and_counts_what_came_since() -> None:
    view = filled(10)
    view.log.append(note(10))
    view.take()
    assert view.cursor == 10
    view.move(-1)
    for n in range(3):
        view.log.append(note(11 + n))
    view.take()
    assert (view.follow, view.cursor) == (False, 9)
    assert view.fresh_after(10) == 3
    assert view.fresh_after(12) == 1
    view.last()
    assert (view.follow, view.cursor, view.fresh_after(12)) == (True, 13, 0)


def test_the_newest_lines_are_tried_first_and_a_bounded_number_at_a_time() -> None:
    view = filled(2000)
    view.choose(wanted("0x0001"), "info")
    tried = 2000 - view.STEP
    assert list(view.numbers) == [n for n in range(tried, 2000) if n % 3 == 1]
    assert view.untried == tried
    assert view.take()
    assert view.untried == tried - view.STEP
    assert list(all_taken(view).numbers) == [n for n in range(2000) if n % 3 == 1]
    assert view.untried == 0


def test_what_came_while_nobody_looked_is_tried_from_its_newest_line_on() -> None:
    view = filled(10)
    view.choose(wanted("0x0001"), "info")
    for n in range(10, 5000):
        view.log.append(note(n))
    assert view.take()
    assert view.numbers[-1] == 4999
    assert view.untried == 5000 - view.STEP
    assert list(all_taken(view).numbers) == [n for n in range(5000) if n % 3 == 1]


def test_what_came_and_was_lost_again_is_not_asked_for() -> None:
    view = filled(10, lines_max=20)
    view.choose(wanted("0x0001"), "info")
    for n in range(10, 100):
        view.log.append(note(n))
    assert list(all_taken(view).numbers) == [n for n in range(80, 100) if n % 3 == 1]


def test_a_level_hides_what_matters_less_and_never_a_mark() -> None:
    view = filled(5)
    view.log.append(Entry("", Mark(NOW, "door 4")))
    view.log.append(Entry("tiny", Shed(NOW, None, "notifications", 2)))
    view.log.append(note(9))
    view.choose(None, "warning")
    assert list(view.numbers) == [5, 6]
    view.choose(wanted("kind=link"), "error")
    assert list(view.numbers) == [5]
    view.choose(None, "info")
    assert len(view.numbers) == 8


def test_the_cursor_stays_as_near_as_it_can_when_the_filter_changes() -> None:
    view = filled(30)
    view.go(10)
    view.choose(wanted("0x0000"), "info")
    assert view.cursor == 12
    view.choose(None, "info")
    assert view.cursor == 12
    view.choose(wanted("nowhere"), "info")
    assert view.entry is None
    assert list(view.selected) == []


def test_marks_are_found_in_both_directions() -> None:
    view = filled(3)
    for _ in range(2):
        view.log.append(Entry("", Mark(NOW)))
        view.log.append(note(1))
    view.take()
    assert [view.to_mark(-1), view.cursor, view.to_mark(-1), view.cursor, view.to_mark(-1)] == [True, 5, True, 3, False]
    assert [view.to_mark(1), view.cursor, view.to_mark(1)] == [True, 5, False]


def test_the_line_that_tells_of_a_failure_is_found_or_that_of_its_time() -> None:
    failure = Failure(kind=ErrorKind.LINK_LOST)
    view = filled(10)
    for at in (NOW + 20, NOW + 30):
        view.log.append(Entry("tiny", LinkChanged(at, PEER, "down", failure)))
        view.log.append(note(40))
    assert view.telling(failure) == 12
    assert view.telling(replace(failure, at=NOW + 4.5)) == 4
    assert view.telling(replace(failure, at=NOW - 1)) == 0
    assert view.telling(replace(failure, message="another")) == 13
    assert LogView(Log(), reading).telling(failure) == 0


def test_a_selection_spans_from_its_anchor_to_the_cursor_either_way() -> None:
    view = filled(10)
    assert list(view.selected) == [9]
    view.go(5)
    assert view.select()
    view.move(2)
    assert list(view.selected) == [5, 6, 7]
    view.move(-4)
    assert list(view.selected) == [3, 4, 5]
    assert not view.select()
    assert list(view.selected) == [3]


@given(st.integers(0, 40), st.integers(0, 120))
def test_a_long_log_costs_a_step_no_more_than_a_short_one(at: int, count: int) -> None:
    view = filled(50)
    view.go(at)
    tried = 0

    def counted(entry: Entry) -> Reading:
        nonlocal tried
        tried += 1
        return reading(entry)

    view = LogView(view.log, counted)
    view.choose(wanted("0x0001"), "info")
    for n in range(count):
        view.log.append(note(n))
    tried = 0
    view.take()
    assert tried <= view.STEP + count


class Steps(RuleBasedStateMachine):
    """A log that loses lines under a view that is moved about."""

    def __init__(self) -> None:
        super().__init__()
        self.log = Log(60)
        self.view = LogView(self.log, reading)
        self.view.STEP = 7  # several steps within sixty lines
        self.text = ""

    @rule(count=st.integers(1, 40))
    def happens(self, count: int) -> None:
        for _ in range(count):
            self.log.append(note(self.log.end))

    @rule(text=st.sampled_from(["", "0x0001", "not 0x0002", "nowhere"]))
    def filters(self, text: str) -> None:
        self.text = text
        self.view.choose(wanted(text) if text else None, "info")

    @rule(by=st.integers(-30, 30))
    def moves(self, by: int) -> None:
        self.view.move(by)

    @rule()
    def marks(self) -> None:
        self.log.append(Entry("", Mark(NOW)))
        self.view.to_mark(-1)

    @rule()
    def selects(self) -> None:
        self.view.select()

    @rule()
    def follows(self) -> None:
        self.view.hold_or_follow()

    @rule()
    def takes(self) -> None:
        self.view.take()

    @invariant()
    def shows_what_matches_in_order(self) -> None:
        view = all_taken(self.view)
        fits = wanted(self.text)
        there = range(self.log.first, self.log.end)
        marks = {n for n in there if isinstance(self.log.entry(n).event, Mark)}
        assert list(view.numbers) == [n for n in there if n in marks or fits.matches(reading(self.log.entry(n)))]

    @invariant()
    def stands_on_a_line_that_is_shown(self) -> None:
        numbers = list(all_taken(self.view).numbers)
        assert not numbers or self.view.cursor in numbers
        assert not numbers or not self.view.follow or self.view.cursor == numbers[-1]
        assert set(self.view.selected) <= set(numbers)
        assert 0 <= self.view.fresh_after(0) <= len(numbers)


TestSteps = Steps.TestCase
TestSteps.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


def test_a_page_of_a_full_log_takes_no_longer_than_of_a_short_one() -> None:
    def page(view: LogView) -> float:
        best = 1.0
        for _ in range(20):
            began = time.perf_counter()
            view.take()
            view.move(-20)
            numbers = view.numbers
            at = view.position(view.cursor)
            assert all(view.log.entry(numbers[n]) for n in range(at, at + 20))
            best = min(best, time.perf_counter() - began)
        return best

    short, full = filled(1000), filled(100_000)
    assert page(full) < max(page(short) * 20, 0.002)
