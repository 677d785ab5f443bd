"""Words above the footer: whatever they are, they fit; what is put away stays known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.console.notices import LINES, Notice, Notices, notice_lines, wrong_lines
from bletui.console.spans import Role, width, words
from bletui.text import visible

TEXT = st.text(max_size=300).map(visible)
ROLES: list[Role] = ["dim", "ok", "warn", "error"]


@given(TEXT, st.sampled_from(ROLES), st.integers(0, 99), st.integers(40, 200))
def test_any_words_fit_a_few_lines_and_the_key_is_always_there(text: str, role: Role, more: int, size: int) -> None:
    lines = notice_lines(Notice("x", text, role), more, size)
    assert 1 <= len(lines) <= LINES
    assert all(width(line) <= size for line in lines)
    assert "backspace hides this" in words(lines[0])


@given(st.lists(TEXT, max_size=12), st.integers(40, 200))
def test_what_there_is_no_room_for_is_counted(texts: list[str], size: int) -> None:
    lines = wrong_lines([Notice(f"{n}", text, "warn") for n, text in enumerate(texts)], size, "-")
    assert all(width(line) <= size for line in lines)
    told = sum(words(line).startswith(" WARNING") for line in lines)
    left = [words(line) for line in lines if words(line).startswith(" and ")]
    assert told == len(texts) or left == [f" and {len(texts) - told} more: bletui config validate"]
    assert bool(lines) == bool(texts)


def test_errors_come_first_and_what_is_well_goes_by_itself() -> None:
    notices = Notices()
    notices.put(Notice("hint", "hint"))
    notices.put(Notice("warn", "warn", "warn"))
    notices.put(Notice("ok", "ok", "ok", until=5.0))
    notices.put(Notice("error", "error", "error"))
    order = []
    while (gone := notices.dismiss(1.0)) is not None:
        order.append(gone.id)
    assert order == ["error", "warn", "ok", "hint"]
    notices.put(Notice("ok", "ok", "ok", until=5.0))
    assert notices.first(4.9) is not None
    assert notices.first(5.0) is None


def test_what_is_wrong_stays_known_until_it_is_withdrawn() -> None:
    notices = Notices()
    notices.put(Notice("a", "a", "warn"))
    notices.put(Notice("b", "b", "warn"), away=True)
    assert [one.id for one in notices.wrong] == ["a", "b"]
    assert notices.dismiss(0.0) is not None
    assert notices.dismiss(0.0) is None
    assert [one.id for one in notices.wrong] == ["a", "b"]
    notices.withdraw(lambda id_: id_ == "a")
    assert [one.id for one in notices.wrong] == ["b"]


@pytest.mark.parametrize("size", [76, 118])
def test_how_many_wait_is_said(size: int) -> None:
    assert words(notice_lines(Notice("x", "y"), 2, size)[0]).rstrip().endswith("hides this, 2 more")
