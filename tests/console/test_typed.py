"""Keys come through as they are, pastes only as harmless text, in pieces of any size."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste

from bletui.console.typed import END, LONGEST, START, UNKNOWN, Typed

JUNK = st.text(st.sampled_from("q\x1b[]~012\r\n\x07\x9bé\x00 M"), max_size=80).filter(lambda text: END not in text)


def through(text: bytes, cuts: list[int]) -> str:
    typed = Typed()
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    return "".join(typed.take(text[a:b]) for a, b in pairwise(places))


@given(st.text(st.sampled_from("aq\x1b[201~5A\r\x7fé"), max_size=60), st.lists(st.integers(0, 80), max_size=6))
def test_what_is_no_paste_is_not_touched(text: str, cuts: list[int]) -> None:
    assert through(text.encode(), cuts) == text or START in text


@given(JUNK, st.lists(st.integers(0, 120), max_size=8))
def test_a_paste_presses_no_key(junk: str, cuts: list[int]) -> None:
    pasted = through(f"{START}{junk}{END}x".encode(), cuts)
    parser = XTermParser(debug=False)
    events = [event for event in parser.feed(pasted) if isinstance(event, Key | Paste)]
    assert [event.key for event in events if isinstance(event, Key)] == ["x"]
    (inside,) = [event.text for event in events if isinstance(event, Paste)] or [""]
    assert len(inside) == len(junk)
    assert not set(inside) & set("\x1b\x07\x9b\x00")


def test_a_lone_escape_does_not_wait() -> None:
    typed = Typed()
    assert typed.take(b"\x1b") == "\x1b"
    assert typed.take(b"[A") == "[A"


def test_an_escape_that_was_given_may_begin_a_paste() -> None:
    typed = Typed()
    assert typed.take(b"\x1b[20") + typed.take(b"0~\x1bq") == f"{START}{UNKNOWN}q"


def test_what_is_no_utf_8_is_a_character_that_nothing_has() -> None:
    assert through(b"caf\xe9\xff!", []) == f"caf{UNKNOWN}{UNKNOWN}!"


def test_a_paste_too_long_is_cut_and_can_no_longer_be_meant() -> None:
    given_ = through(f"{START}{'ab' * LONGEST}{END}".encode(), [100, 5000])
    assert given_ == f"{START}{('ab' * LONGEST)[:LONGEST]}{UNKNOWN}{END}"
