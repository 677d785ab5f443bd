"""Lines as values: they fit, whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bletui.console.spans import Line, Span, cell, fit, line, ruled, spread, width, words, wrapped
from bletui.console.widgets.lines import changed_cells
from bletui.text import visible

texts = st.text(max_size=30).map(visible)
lines = st.lists(st.builds(Span, texts, st.sampled_from(["plain", "dim", "error"])), max_size=5).map(tuple)


@given(texts, st.integers(0, 40), st.booleans())
def test_a_cell_has_exactly_its_size(text: str, size: int, right: bool) -> None:
    made = cell(text, size, right=right)
    assert cell_len(made) == size
    if cell_len(text) <= size:
        assert made.strip() == text.strip()


def test_what_is_cut_is_marked() -> None:
    assert cell("Thermometer", 8) == "Thermom…"
    assert cell("日本語", 5) == "日本…"
    assert cell("-61", 5, right=True) == "  -61"


@given(lines, st.integers(0, 60))
def test_a_fitted_line_has_exactly_its_size_and_keeps_its_front(spans: Line, size: int) -> None:
    made = fit(spans, size)
    assert width(made) == size
    if width(spans) <= size:
        assert words(made).startswith(words(spans))


@given(lines, lines, st.integers(1, 60))
def test_the_right_end_stays_whole_while_there_is_room(left: Line, right: Line, size: int) -> None:
    made = spread(left, right, size)
    assert width(made) == size
    if width(right) < size:
        assert words(made).endswith(words(right))


def test_what_gives_way_keeps_a_blank_between() -> None:
    said = line(Span("Pairing was tried and failed: Authentication", "error"))
    assert words(spread(said, line("1 link"), 30)) == "Pairing was tried and … 1 link"
    assert words(spread(line("abc"), line("def"), 7)) == "abc def"
    assert words(spread(line("abcd"), line("efg"), 7)) == "ab… efg"


@given(lines, st.integers(10, 60))
def test_a_rule_has_its_size(title: Line, size: int) -> None:
    assert width(ruled(title, size, "-")) == size


@given(texts, st.integers(8, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, size: int) -> None:
    made = wrapped(text, size)
    assert made
    assert all(cell_len(row) <= size for row in made)
    assert "".join(made).replace(" ", "") == text.replace(" ", "")


@given(lines, lines)
def test_what_lies_outside_the_changed_cells_is_the_same(before: Line, after: Line) -> None:
    start, end = changed_cells(before, after)
    assert start >= 0
    assert _cells(before)[:start] == _cells(after)[:start]
    if before != after and width(before) == width(after):
        assert _cells(before)[end:] == _cells(after)[end:]


@pytest.mark.parametrize(
    ("before", "after", "cells"),
    [("RX 214/s", "RX 219/s", (5, 8)), ("same", "same", (4, 4)), ("ab", "abc", (2, 3))],
)
def test_the_changed_cells_of_plain_text(before: str, after: str, cells: tuple[int, int]) -> None:
    start, end = changed_cells(line(before), line(after))
    assert start == cells[0]
    assert before == after or end == cells[1]


def _cells(spans: Line) -> list[tuple[str, str]]:
    """One entry per cell: the character that covers it, and its role."""
    return [(character, role) for text, role in spans for character in text for _ in range(cell_len(character))]
