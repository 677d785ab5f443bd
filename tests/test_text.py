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


@pytest.mark.parametrize("category", ["Cc", "Cf", "Cs", "Zl", "Zp"])
def test_every_character_that_acts_or_hides_is_written_out(category: str) -> None:
    acting = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == category]
    shown = {char for char in acting if visible(char) == char}
    assert shown <= PRINTED, [hex(ord(char)) for char in shown - PRINTED]


# Format characters that draw something: Arabic and Syriac number and text signs, and Kaithi's, hieroglyphs' joiners.
PRINTED = {
    *map(chr, range(0x0600, 0x0606)),
    *("\u06dd", "\u070f", "\u0890", "\u0891", "\u08e2", "\U000110bd", "\U000110cd"),
    *map(chr, range(0x13430, 0x13440)),
    *map(chr, range(0x1BCA0, 0x1BCA4)),
}


@pytest.mark.parametrize(
    "blank", ["\u034f", "\u115f", "\u17b4", "\u180b", "\u180e", "\u2800", "\u3164", "\ufe0f", "\uffa0"]
)
def test_what_draws_as_nothing_is_written_out(blank: str) -> None:
    assert visible(f"a{blank}b") == f"a\\u{ord(blank):04x}b"


def test_marks_do_not_climb_over_other_rows() -> None:
    assert visible("e\u0301\u0323") == "e\u0301\u0323"
    climbing = visible("e" + "\u0301" * 200)
    assert climbing == "e\u0301\u0301" + "\\u0301" * 198


@given(st.binary(max_size=60))
def test_any_bytes_decode_to_clean_text(data: bytes) -> None:
    assert is_clean(decoded(data))


@given(st.text(max_size=80), st.integers(12, 60))
def test_bounded_text_says_what_it_cut(text: str, limit: int) -> None:
    short = bounded(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith(f"…(+{len(text) - limit})")
