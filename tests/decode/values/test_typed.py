from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.values.typed import VALUE_MAX, parse, preview
from bletui.failure import BleError, ErrorKind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0a0B", b"\x0a\x0b"),
        ("0a 0b", b"\x0a\x0b"),
        ("0a:0b", b"\x0a\x0b"),
        ("0x0a0b", b"\x0a\x0b"),
        ("hex:0a-0b", b"\x0a\x0b"),
        ("hex:", b""),
        ("text:", b""),
        ("text:hi: é", "hi: é".encode()),
        ("u8:255", b"\xff"),
        ("u16:500", b"\xf4\x01"),
        ("u16be:500", b"\x01\xf4"),
        ("i16:-3,0x10", b"\xfd\xff\x10\x00"),
        ("u24:1", b"\x01\x00\x00"),
        ("i64be:-1", b"\xff" * 8),
        ("f32:1.5", struct.pack("<f", 1.5)),
        ("f64be:-2", struct.pack(">d", -2.0)),
        ("F32LE:nan", struct.pack("<f", float("nan"))),
    ],
)
def test_every_form_gives_its_bytes(text: str, value: bytes) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0a0", "two digits"),
        ("xyz", "not hex"),
        ("", "hex:"),
        ("u8:256", "does not fit"),
        ("u8:-1", "does not fit"),
        ("i8:128", "does not fit"),
        ("u16:", "no number"),
        ("u16:1.5", "no number"),
        ("f16:1", "32 or 64"),
        ("f32:1e99", "does not fit"),
        ("base64:aGk=", "no form"),
        ("u7:1", "no form"),
        ("text:" + "x" * (VALUE_MAX + 1), "more than an attribute holds"),
        ("text:\udcff", "no Unicode"),
        ("hex:\x1b]52", "not hex"),
    ],
)
def test_what_is_no_value_is_refused_with_what_is_wrong(text: str, hint: str) -> None:
    with pytest.raises(BleError) as refused:
        parse(text)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert hint in refused.value.failure.detail
    assert "\x1b" not in refused.value.failure.detail


@given(st.binary(max_size=VALUE_MAX))
def test_what_is_previewed_reads_back_as_the_same_bytes(value: bytes) -> None:
    shown = preview(value)
    assert parse(f"hex:{shown.partition('(')[0]}") == value
    assert parse(f"hex:{value.hex()}") == value


@given(st.sampled_from([1, 2, 3, 4, 6, 8]), st.booleans(), st.sampled_from(["little", "big"]), st.data())
def test_numbers_are_what_python_packs(size: int, signed: bool, order: str, data: st.DataObject) -> None:
    bits = 8 * size
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    number = data.draw(st.integers(low, high))
    form = f"{'i' if signed else 'u'}{bits}{'be' if order == 'big' else ''}"
    expected = number.to_bytes(size, "big" if order == "big" else "little", signed=signed)
    assert parse(f"{form}:{number}") == expected


@given(st.text(max_size=60))
def test_any_text_is_bytes_or_refused(text: str) -> None:
    try:
        assert len(parse(text)) <= VALUE_MAX
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID
