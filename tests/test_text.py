from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.text import bounded, decoded, is_clean, visible


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]52;c;AAAA\x1b\\", "\\x1b]52;c;AAAA\\x1b\\"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u202egnp.exe", "a\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800", "\\ud800"),
        ("line\nbreak\r\0", "line\\x0abreak\\x0d\\x00"),
        ("\U000e0041", "\\U000e0041"),
        ("Ünïcode 温度 🌡", "Ünïcode 温度 🌡"),
        ("[red]markup[/]", "[red]markup[/]"),
    ],
)
def test_what_a_terminal_acts_on_is_written_out(hostile: str, shown: str) -> None:
    assert visible(hostile) == shown


@given(st.text())
def test_nothing_invisible_is_left_and_twice_is_once(text: str) -> None:
    shown = visible(text)
    assert is_clean(shown)
    assert visible(shown) == shown
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(char) for char in shown} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
    }


@given(st.binary(max_size=60))
def test_any_bytes_decode_to_clean_text(data: bytes) -> None:
    assert is_clean(decoded(data))


@given(st.text(max_size=80), st.integers(12, 60))
def test_bounded_text_says_what_it_cut(text: str, limit: int) -> None:
    short = bounded(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith(f"…(+{len(text) - limit})")
