"""Values through lenses, and their curves: values in, words out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.console.glyphs import UNICODE
from bletui.console.known import HISTORY, Known
from bletui.console.looking import lens_check
from bletui.console.spans import width, words
from bletui.console.sparkline import scaled
from bletui.console.tree import value_lines
from bletui.decode.attributes import Attribute
from bletui.decode.lenses import written
from bletui.decode.values import meaning
from bletui.decode.values.numbers import numbers
from bletui.failure import BleError
from bletui.model import Properties

TEMPERATURE = "00002a6e-0000-1000-8000-00805f9b34fb"
VENDOR = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
ONE = Attribute("characteristic", 0x12, VENDOR, VENDOR, properties=Properties.READ)


def test_a_lens_wins_over_the_table_and_without_both_the_integer_is_the_number() -> None:
    value = (2157).to_bytes(2, "little")
    (number,) = numbers(TEMPERATURE, value, None)
    assert number.value == pytest.approx(21.57)
    assert number.unit == "°C"
    lens = written("low: u8; high: u8 %")
    assert numbers(TEMPERATURE, value, lens) == (("low", 109.0, ""), ("high", 8.0, "%"))
    assert numbers(VENDOR, b"\x01\x02", None) == (("u16 LE", 513.0, ""),)
    assert numbers(VENDOR, b"", None) == ()
    assert numbers(VENDOR, bytes(20), None) == ()


def test_several_numbers_of_one_field_are_counted() -> None:
    lens = written("i16 x3 /1000 g")
    value = b"".join(n.to_bytes(2, "little", signed=True) for n in (1000, -500, 250))
    assert [number.value for number in numbers(VENDOR, value, lens)] == [1.0, -0.5, 0.25]
    assert [number.name for number in numbers(VENDOR, value, lens)] == ["value 1", "value 2", "value 3"]
    assert "now:" in lens_check(lens, value)


def test_a_wrong_lens_is_refused_with_its_field() -> None:
    with pytest.raises(BleError, match="field 2"):
        written("u8; nonsense")


@given(st.binary(max_size=40), st.sampled_from(["u8", "i16 x*", "sfloat", "utf8", "bits8 {0 a, 1 b}; u8", "date"]))
def test_any_value_through_any_lens_gives_lines_that_fit(value: bytes, layout: str) -> None:
    known = Known()
    known.take(b"\x01\x02", 0.0)
    known.take(value, 1.0)
    for size in (44, 80):
        lines = list(value_lines(ONE, known, now=2.0, size=size, glyphs=UNICODE, lens=written(layout)))
        assert all(words(one).isprintable() for one in lines)
        assert all(width(one) <= size + 80 for one in lines[:1])
    looked = meaning(VENDOR, value, written(layout))
    assert looked is not None


def test_changed_bytes_have_a_mark_below_them() -> None:
    known = Known()
    for value in (b"\x01\x02\x03", b"\x01\xff\x03\x04"):
        known.take(value, 0.0)
    shown = [words(one) for one in value_lines(ONE, known, now=1.0, size=80, glyphs=UNICODE)]
    assert shown[1].startswith(" 01 ff 03 04")
    assert shown[2].startswith("    ^^    ^^")


def test_a_long_value_fills_the_rows_there_are_with_offsets_and_marks() -> None:
    known = Known()
    known.take(bytes(512), 0.0)
    known.take(bytes(30) + b"\xff" + bytes(481), 1.0)
    shown = [words(one) for one in value_lines(ONE, known, now=7.0, size=80, glyphs=UNICODE, rows=8)]
    assert shown[1].startswith("    0 00 00")
    assert shown[2].startswith("   24 00 00 00 00 00 00 ff")
    assert shown[3].index("^^") == shown[2].index("ff")
    assert shown[-1].startswith(" first 120 of 512 bytes  6 s ago  6e400003")
    assert len(shown) == 8
    tall = [words(one) for one in value_lines(ONE, known, now=7.0, size=40, glyphs=UNICODE, rows=200)]
    assert sum(row[6:].count("00 ") for row in tall) == 511
    assert "512 bytes  6 s ago" in map(str.strip, tall)


@given(st.binary(max_size=512), st.binary(max_size=512), st.sampled_from([40, 44, 60, 80]), st.integers(8, 40))
def test_every_value_fits_its_pane_from_side_to_side(before: bytes, value: bytes, size: int, rows: int) -> None:
    known = Known()
    known.take(before, 0.0)
    known.take(value, 1.0)
    lines = list(value_lines(ONE, known, now=2.0, size=size, glyphs=UNICODE, rows=rows))
    dumped = [words(one) for one in lines if one[0].text.strip().isdigit()]
    assert all(width(one) <= size for one in lines[:2])
    assert all(len(row) <= size for row in dumped)


def test_the_picked_field_is_drawn_over_its_history() -> None:
    known = Known()
    for n in (1, 5, 9):
        known.take(bytes([n, 100 - n]), float(n))
    lens = written("up: u8; down: u8")
    rows = [words(one) for one in value_lines(ONE, known, now=9.0, size=80, glyphs=UNICODE, lens=lens)]
    assert any("▁▅█" in row and "up 1..9" in row for row in rows)
    known.picked = 1
    rows = [words(one) for one in value_lines(ONE, known, now=9.0, size=80, glyphs=UNICODE, lens=lens)]
    assert any("█▅▁" in row and "down 91..99" in row for row in rows)


@given(st.lists(st.floats(-1e6, 1e6), max_size=60), st.integers(1, 30))
def test_a_curve_has_a_bar_for_each_value_its_least_at_the_bottom(values: list[float], bars: int) -> None:
    drawn = scaled(values, bars, UNICODE.levels)
    shown = values[-bars:]
    assert len(drawn) == len(shown)
    if shown and max(shown) > min(shown):
        assert drawn[shown.index(min(shown))] == UNICODE.levels[0]
        assert drawn[shown.index(max(shown))] == UNICODE.levels[-1]


def test_history_is_bounded() -> None:
    known = Known()
    for n in range(HISTORY + 50):
        known.take(bytes([n & 255]), 0.0)
    assert len(known.history) == HISTORY
