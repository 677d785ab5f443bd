"""Lines that are broken where they do not fit: no word is lost, no cell too many, the indent stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.console.spans import Span, broken, line, width, words

texts = st.text(st.sampled_from("ab  é漢-"), min_size=1, max_size=30)


@given(st.lists(st.builds(Span, texts, st.sampled_from(["plain", "strong"])), max_size=6), st.integers(4, 40))
def test_nothing_is_lost_and_everything_fits(spans: list[Span], size: int) -> None:
    shown = broken(tuple(spans), size)
    assert all(width(one) <= size for one in shown)
    assert "".join(map(words, shown)).replace(" ", "") == words(spans).replace(" ", "")


def test_it_breaks_at_blanks_keeps_the_indent_and_the_roles() -> None:
    one = line("  to ", Span("A4:C1:38:0B:7F:2A", "strong"), " on hci0 and back")
    assert broken(one, 24) == [
        (Span("  to "), Span("A4:C1:38:0B:7F:2A", "strong"), Span(" ")),
        (Span("  on hci0 and back"),),
    ]
    assert broken(one, 80) == [one]
