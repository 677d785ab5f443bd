"""The plain views of a value: each shows it or says why not."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.values.views import views
from bletui.text import is_clean


def shown(value: bytes) -> dict[str, str]:
    return {view.name: view.text for view in views(value) if view.text is not None}


def missing(value: bytes) -> dict[str, str | None]:
    return {view.name: view.why for view in views(value) if view.text is None}


def test_two_bytes() -> None:
    assert shown(bytes.fromhex("fe41")) == {
        "hex": "fe 41",
        "u16 LE": "16894",
        "u16 BE": "65089",
        "i16 LE": "16894",
        "i16 BE": "-447",
        "SFLOAT": "5100000",
        "bits": "11111110 01000001",
    }
    assert missing(bytes.fromhex("fe41")) == {
        "text": "byte 0 is not UTF-8",
        "float LE": "a float has 4 or 8 bytes, not 2",
        "float BE": "a float has 4 or 8 bytes, not 2",
        "FLOAT": "FLOAT has 4 bytes, not 2",
    }


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (b"0.31", "text", "0.31"),
        (b"", "text", "(empty)"),
        (b"", "hex", "(empty)"),
        (b"\x1b[2J\xe2\x80\xae", "text", r"\x1b[2J\u202e"),
        (struct.pack("<f", 21.5), "f32 LE", "21.5"),
        (struct.pack(">d", -0.1), "f64 BE", "-0.1"),
        (struct.pack("<f", float("nan")), "f32 LE", "nan"),
        (bytes.fromhex("b00e00fe"), "FLOAT", "37.60"),
        (bytes.fromhex("ff07"), "SFLOAT", "NaN"),
        (b"\xff" * 8, "u64 LE", "18446744073709551615"),
        (b"\xff" * 8, "i64 BE", "-1"),
        (b"\x05", "bits", "00000101"),
    ],
)
def test_a_view(value: bytes, name: str, text: str) -> None:
    assert shown(value)[name] == text


@given(st.binary(max_size=20))
def test_each_view_shows_the_value_or_says_why_not(value: bytes) -> None:
    for view in views(value):
        assert (view.text is None) != (view.why is None)
        assert is_clean(view.text or view.why or "")
    assert len({view.name for view in views(value)}) == len(views(value))


@given(st.binary(min_size=1, max_size=8))
def test_integers_are_the_bytes(value: bytes) -> None:
    texts, size = shown(value), len(value)
    assert int(texts[f"u{size * 8} LE"]).to_bytes(size, "little") == value
    assert int(texts[f"u{size * 8} BE"]).to_bytes(size, "big") == value
    assert int(texts[f"i{size * 8} LE"]).to_bytes(size, "little", signed=True) == value
    assert int(texts[f"i{size * 8} BE"]).to_bytes(size, "big", signed=True) == value
    assert int(texts["bits"].replace(" ", ""), 2).to_bytes(size, "big") == value
