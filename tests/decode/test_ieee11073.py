"""IEEE 11073 floats: the exponent is two's complement, five mantissas are no numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.ieee11073 import FLOAT, SFLOAT, Layout11073, read, write


@pytest.mark.parametrize(
    ("layout", "raw", "value", "text"),
    [
        (SFLOAT, 0xF0BD, 18.9, "18.9"),  # exponent -1; a biased one would make it 189 * 10**7
        (SFLOAT, 0xE4D2, 12.34, "12.34"),
        (SFLOAT, 0x100C, 120.0, "120"),
        (SFLOAT, 0x0078, 120.0, "120"),
        (SFLOAT, 0x0F38, -200.0, "-200"),
        (SFLOAT, 0x7001, 1e7, "10000000"),
        (SFLOAT, 0x17FF, 20470.0, "20470"),  # a special only at exponent 0
        (FLOAT, 0xFE000EB0, 37.6, "37.60"),  # the exponent tells the precision too
        (FLOAT, 0xFF000170, 36.8, "36.8"),
        (FLOAT, 0xFEFFFFFF, -0.01, "-0.01"),
        (FLOAT, 0x7F000001, 1e127, "1E+127"),
        (FLOAT, 0x80000001, 1e-128, "1E-128"),
    ],
)
def test_numbers(layout: Layout11073, raw: int, value: float, text: str) -> None:
    assert read(layout, raw) == (value, text)
    assert read(layout, write(layout, value))[0] == value


@pytest.mark.parametrize(
    ("layout", "raw", "text"),
    [
        (SFLOAT, 0x07FF, "NaN"),
        (SFLOAT, 0x0800, "NRes"),
        (SFLOAT, 0x07FE, "+INF"),
        (SFLOAT, 0x0802, "-INF"),
        (SFLOAT, 0x0801, "reserved"),
        (FLOAT, 0x007FFFFF, "NaN"),
        (FLOAT, 0x00800000, "NRes"),
        (FLOAT, 0x007FFFFE, "+INF"),
        (FLOAT, 0x00800002, "-INF"),
        (FLOAT, 0x00800001, "reserved"),
    ],
)
def test_specials_have_no_value(layout: Layout11073, raw: int, text: str) -> None:
    assert read(layout, raw) == (None, text)


def test_what_does_not_fit_is_rounded_or_refused() -> None:
    assert read(SFLOAT, write(SFLOAT, 12345))[0] == 12340  # nearest with 11 bits, half to even
    assert read(SFLOAT, write(SFLOAT, 1e-20))[0] == 0
    assert write(SFLOAT, None) == 0x07FF
    for value in (1e12, float("inf"), float("nan")):
        with pytest.raises(ValueError, match=str(value)):
            write(SFLOAT, value)


@given(st.integers(0, 0xFFFF))
def test_every_sfloat_survives(raw: int) -> None:
    value, _ = read(SFLOAT, raw)
    assert read(SFLOAT, write(SFLOAT, value))[0] == value


@given(st.integers(0, 0xFFFFFFFF))
def test_every_float_survives(raw: int) -> None:
    value, text = read(FLOAT, raw)
    assert read(FLOAT, write(FLOAT, value))[0] == value
    assert value is None or float(text) == value
