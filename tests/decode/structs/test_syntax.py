"""The text of a layout: what it may say, and how a wrong one is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.structs import LayoutError, parse
from bletui.text import is_clean


@pytest.mark.parametrize(
    ("text", "field", "problem"),
    [
        ("", 0, "a layout has 1 to 100 fields, not 0"),
        (" ;\n; ", 0, "a layout has 1 to 100 fields, not 0"),
        (";".join(["u8"] * 101), 0, "a layout has 1 to 100 fields, not 101"),
        ("u8 " * 4000, 0, "a layout has at most 10000 characters"),
        ("u8 \x1b[2J", 0, "a layout has visible characters only"),
        ("name: ", 1, "'name:' is no type"),
        ("u8; u65", 2, "'u65': an integer has 1 to 64 bits"),
        ("u0", 1, "'u0': an integer has 1 to 64 bits"),
        ("u12be", 1, "'u12be': an integer has 1 to 64 bits, and with a byte order whole bytes"),
        ("int16", 1, "'int16' is no type"),
        ("u8 x0", 1, "'x0': a count is 1 to 512"),
        ("u8 x513", 1, "'x513': a count is 1 to 512"),
        ("u8 /0", 1, "a scale is not 0"),
        ("u8 *1e31", 1, "a scale and an offset are between 1e-30 and 1e30"),
        ("u8 /1e20/1e20", 1, "a scale and an offset are between 1e-30 and 1e30"),
        ("u8 +1e99", 1, "a scale and an offset are between 1e-30 and 1e30"),
        ("u8 °C K", 1, "'K' is not expected here"),
        ("u8 /10 /10", 1, "'/10' is not expected here"),
        ("u8 [a..b]", 1, "'[a..b]' is no range"),
        ("f32 /10 °C", 1, "'/10': only `u` and `i` have a scale, an offset and a range"),
        ("enum8 [0..1]", 1, "'[0..1]': only `u` and `i` have a scale, an offset and a range"),
        ("u8 {0 off", 1, "'{' has no partner"),
        ("u8 °C }", 1, "'}' has no partner"),
        ("u8 [0..1", 1, "'[' has no partner"),
        ("{0 a}", 1, "'{0 a}' is no type"),
        ("u8 {on}", 1, "'on' is no label: a number and its meaning"),
        ("u8 {0 a, 0 b}", 1, "0 has two labels"),
        ("i8 {-1 a, 0xFF b}", 1, "0xFF has two labels"),
        ("utf8 {0 a}", 1, "only integers have labels"),
        ("u8 if", 1, "'' is no condition"),
        ("u8 if 0", 1, "there are no flags before it"),
        ("flags8; u8 if 8", 2, "the flags have no bit 8"),
        ("flags8; enum2@7", 2, "the flags have no bit 8"),
        ("a: bits8; u8 if a.9", 2, "a has no bit 9"),
        ("u8; u8 if op=1", 2, "there is no integer 'op' before it"),
        ("op: utf8z; u8 if op=1", 2, "there is no integer 'op' before it"),
        ("enum1@1", 1, "there are no flags before it"),
        ("flags8; enum1@1 x2", 2, "what looks at the flags does not repeat"),
        ("hex; u8", 2, "nothing can follow a field that takes the rest"),
        ("u8 x*; u8", 2, "nothing can follow a field that takes the rest"),
    ],
)
def test_a_wrong_layout_names_the_field_and_what_is_wrong(text: str, field: int, problem: str) -> None:
    with pytest.raises(LayoutError) as caught:
        parse(text)
    assert caught.value.field == field
    assert problem in str(caught.value)
    assert is_clean(str(caught.value))


def test_fields_are_separated_by_semicolons_and_lines_but_not_inside_labels() -> None:
    layout = parse("a: u8; b: enum8 {0 off,\n1 on}\n\n c: u8 ;")
    assert [field.name for field in layout.fields] == ["a", "b", "c"]
    assert layout.unpack(b"\1\1\1").text == "a 1, b on, c 1"


@pytest.mark.parametrize("scale", ["*1e30", "/1e30", "/3", "*1e30 +1e30", "/7 -1e-30", "/99999999999.7"])
def test_the_largest_scales_have_values_and_texts(scale: str) -> None:
    for size in (1, 64):
        unpacked = parse(f"u{size} {scale}").unpack(b"\xff" * -(-size // 8))
        assert isinstance(unpacked.readings[0].value, int | float)
        assert unpacked.text


def test_labels_from_elsewhere() -> None:
    assert parse("enum8 {days}", {"days": "1 Monday, 2 Tuesday"}).unpack(b"\2").text == "Tuesday"


words = st.sampled_from(
    ["a: ", "u8", "i16be", "flags8", "enum2@1", "utf8", "x*", "x3", "/10", "+5", "°C", "{0 a}", "[0..1]", "if", "0",
     "&", "a=1", "!", ";", "\n", "{", "]", " ", "a: flags8 if left\nenum1@0"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=12).map(" ".join)), st.binary(max_size=20))
def test_any_text_is_a_layout_or_says_why_not(text: str, data: bytes) -> None:
    try:
        layout = parse(text)
    except LayoutError as error:
        assert is_clean(str(error))
        return
    unpacked = layout.unpack(data)
    assert is_clean(unpacked.text)
    assert unpacked.text or unpacked.problem
