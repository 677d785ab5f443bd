"""Layouts read bytes and write them back; what is missing or left over is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.structs import Layout, parse
from bletui.text import is_clean


@pytest.mark.parametrize(
    ("layout", "value", "text"),
    [
        ("i16le x3 /1000 g", "0100ffffe803", "0.001, -0.001, 1.000 g"),
        ("i16be x3 /1000 g", "0001ffff03e8", "0.001, -0.001, 1.000 g"),
        ("temperature: i16 /100 °C; humidity: u8 %", "2b0930", "temperature 23.47 °C, humidity 48 %"),
        ("(temperature): i16 /100 °C; (humidity): u8 %", "2b0930", "23.47 °C, 48 %"),
        ("bits8 {0 low battery, 1 tamper}", "03", "0x03: bit 0 low battery, bit 1 tamper"),
        ("bits8 {0 low battery, 1 tamper}", "81", "0x81: bit 0 low battery, reserved 0x80"),
        ("bits8", "05", "0x05: bit 0, bit 2"),
        ("mode: enum8 {0 off, 1 on}", "01", "mode on"),
        ("mode: enum8", "07", "mode 7"),
        ("id24", "563412", "0x123456"),
        ("u8 *0.5 -40 °C", "64", "10 °C"),
        ("u8 *1.25 ms", "03", "3.75 ms"),
        ("u16 *1000/1024 ms", "4003", "812 ms"),
        ("u16 /1024 s", "ca02", "0.697 s"),
        ("i12; u12", "ffffff", "-1, 4095"),
        ("high: u4; low: u4", "a5", "high 5, low 10"),
        ("u24be", "010203", "66051"),
        ("f32", "0000c03f", "1.5"),
        ("f32be", "3fc00000", "1.5"),
        ("f64", "000000000000f07f", "+INF"),
        ("f32", "0000c07f", "NaN"),
        ("utf8", "616200", "ab"),
        ("utf8 x4; u8", "6162000007", "ab, 7"),
        ("name: utf8z; u8", "61620007", "name ab, 7"),
        ("hex x2; hex", "01020304", "0102, 0304"),
        ("_: u8; u8", "0102", "2"),
        ("_counter: u8; u8", "0102", "2"),
        ("flags: flags8; u8 if 0; u8 s if !0", "0007", "7 s"),
        ("flags: flags8; u8 if 0; u8 s if !0", "0107", "7"),
        ("flags: flags8; u8 if 0&!3", "0107", "7"),
        ("flags: flags8; (way): enum2@1 {0 north, 2 south}", "04", "south"),
        ("flags: flags8; (way): enum2@1 {0 north, 2 south}; u8 km if way=2", "0409", "south, 9 km"),
        ("op: u8; flags8 if op=1; enum1@0", "02", "op 2"),
        ("op: u8; a: u8 if op=1|2; b: u8 if !op=1|2", "0207", "op 2, a 7"),
        ("op: u8; a: u8 if op=1|2; b: u8 if !op=1|2", "0307", "op 3, b 7"),
        ("op: u16be; a: u8 if op=1", "000107", "op 1, a 7"),
        ("low: u4; utf8z; u4", "1506f0", "low 5, a, 15"),
        ("flags8 if left; u8 if left", "", "(empty)"),
        ("status: bits8 {0 hot}; u8 °C if status.0", "0150", "status 0x01: bit 0 hot, 80 °C"),
        ("i16 /100 °C {0x8000 not known}", "0080", "not known"),
        ("i8 {-1 none}", "ff", "none"),
        ("x: u8 x*", "", "x none"),
        ("address", "060504030201", "01:02:03:04:05:06"),
        ("uuid", "0f18", "180F Battery Service"),
        ("uuid", "9ecadc240ee5a9e093f3a3b50100406e", "6E400001-B5A3-F393-E0A9-E50E24DCCA9E Nordic UART Service"),
        ("company", "4c00", "0x004C Apple, Inc."),
        ("company", "feff", "0xFFFE (unknown)"),
    ],
)
def test_reading(layout: str, value: str, text: str) -> None:
    unpacked = parse(layout).unpack(bytes.fromhex(value))
    assert (unpacked.text, unpacked.problem) == (text, None)


@pytest.mark.parametrize(
    ("layout", "value", "text", "problem"),
    [
        ("u8; u16", "0102", "1", "1 byte missing in the value"),
        ("a: u8; b: u16", "01", "a 1", "2 bytes missing in b"),
        ("u16 x3", "01000200", "1, 2", "2 bytes missing in the value"),
        ("u16 x*", "010002", "1", "1 byte too many"),
        ("utf8 x4", "6162", "", "2 bytes missing in the value"),
        ("name: utf8z; u8", "6162", "name ab", "1 byte missing in the value"),
        ("low: u4; hex", "a5ff", "low 5, fa", "4 bits too many"),
        ("u3", "ff", "7", "5 bits too many"),
        ("u4; u12; u8", "ff", "15", "1 byte missing in the value"),
        ("u8 % [0..100]", "c8", "200 %", "200 is above 100"),
        ("i8 °C [-20..]", "80", "-128 °C", "-128 is below -20"),
        ("mode: enum8 {0 off}", "02", "mode reserved 2", "mode: 2 is reserved"),
    ],
)
def test_problems(layout: str, value: str, text: str, problem: str) -> None:
    unpacked = parse(layout).unpack(bytes.fromhex(value))
    assert (unpacked.text, unpacked.problem) == (text, problem)


@pytest.mark.parametrize(
    ("layout", "values", "value"),
    [
        ("i16 /100 °C {0x8000 not known}", [23.47], "2b09"),
        ("i16 /100 °C {0x8000 not known}", [None], "0080"),
        ("u16be; u8", [258, 3], "010203"),
        ("i16 x2 /1000 g", [(0.001, -1)], "010018fc"),
        ("flags: flags8; u8 if 0; u16 if !0", [0, 7], "000700"),
        ("u8; u8 if left", [1], "01"),
        ("flags8; way: enum2@1; u8 if way=2", [4, 2, 9], "0409"),
        ("u8; u8 if left", [1, 2], "0102"),
        ("high: u4; low: u4", [5, 10], "a5"),
        ("utf8 x4; u8", ["ab", 7], "6162000007"),
        ("sfloat", [18.9], "bdf0"),
        ("datetime", ["2018-04-17T15:51:00"], "e20704110f3300"),
        ("date", ["????-04-17"], "00000411"),
        ("days", ["2024-08-12"], "eb4d00"),
        ("zone", [60], "04"),
        ("address", ["01:02:03:04:05:06"], "060504030201"),
        ("uuid", ["0000180f-0000-1000-8000-00805f9b34fb"], "0f18"),
    ],
)
def test_writing(layout: str, values: list[int | float | str | None], value: str) -> None:
    assert parse(layout).pack(values).hex() == value


@pytest.mark.parametrize(
    ("layout", "values", "problem"),
    [
        ("u8", [256], "value: 256 does not fit into 8 bits"),
        ("n: i8", [128], "n: 128 does not fit into 8 bits"),
        ("u8; b: u8", [1], "b: missing"),
        ("u8", [1, 2], "1 value too many"),
        ("u8 x2", [(1,)], "value: 1 values, not 2"),
        ("hex x2", ["01"], "value: 1 bytes, not 2"),
        ("utf8 x2", ["abc"], "value: 3 bytes, not 2"),
        ("u8", ["x"], "value: could not convert string to float: 'x'"),
        ("u8", [None], "value: there is no value for none"),
        ("date", ["never"], "value: invalid literal"),
        ("f32", ["x"], "value: "),
        ("address", ["01:02"], "value: 2 bytes, not 6"),
        ("datetime", ["2024-01-01T12:30"], "value: 6 bytes, not 7"),
        ("zone", [99999], "value: "),
        ("exponential", [-1], "value: "),
    ],
)
def test_what_cannot_be_written_says_which_field(layout: str, values: list[int | str | None], problem: str) -> None:
    with pytest.raises(ValueError, match="^" + problem.replace("(", r"\(")):
        parse(layout).pack(values)


integers = st.builds(
    "{}{}".format, st.sampled_from(["u", "i", "id", "enum", "bits"]), st.sampled_from([8, 16, 24, 32, 40, 48])
)
small = st.sampled_from(["u4; i4", "u1; bits2; i5", "u12; i12", "enum3; u5"])
scaled = st.builds(
    "{}{} {} °C".format,
    st.sampled_from(["u", "i"]),
    st.sampled_from(["8", "16be", "24", "32be"]),
    st.sampled_from(["/100", "*0.005", "*1000/1024", "/10 -40", "*1.25 +3.5", "/10000000"]),
)
plain = st.sampled_from(
    ["sfloat", "float", "f32", "f64", "f64be", "date", "datetime", "days", "zone", "exponential",
     "address", "uuid x2", "company", "appearance", "bcd", "version", "hex x3", "hex x1"]
)  # fmt: skip
repeated = st.builds("{} x{}".format, st.sampled_from(["u8", "i16be", "f32", "sfloat"]), st.integers(1, 5))
flagged = st.sampled_from(["flags8; u8 if 0; i16 if !1; enum2@2; hex x2 if 3&4"])
names = st.sampled_from(["", "a: ", "(b): ", "_: "])
odd = st.sampled_from(["u3", "bits5; i7"])
field = st.one_of(small, odd, flagged, st.builds("{}{}".format, names, st.one_of(integers, scaled, plain, repeated)))
layouts = st.lists(field, min_size=1, max_size=6).map("\n".join).map(parse)
tails = st.sampled_from(["u8 x*", "hex", "utf8", "sfloat x*", "u16 if left", "uuid"])


def exact(layout: Layout, data: bytes) -> bytes:
    """As many of the bytes as the layout takes."""
    lengths = (length for length in range(len(data)) if layout.unpack(data[:length]).problem is None)
    return data[: next(lengths, len(data))]


@given(layouts, st.binary(min_size=160, max_size=160))
def test_what_is_read_is_written_back_to_the_same_values(layout: Layout, data: bytes) -> None:
    read = layout.unpack(data)
    written = layout.pack([each.value for each in read.readings])
    again = layout.unpack(written)
    assert [each.value for each in again.readings] == [each.value for each in read.readings]
    assert all(is_clean(each.text) and each.text for each in read.readings)


@given(st.lists(st.one_of(integers, small, flagged), min_size=1, max_size=8), st.binary(min_size=64, max_size=64))
def test_integers_are_written_back_to_the_same_bytes(fields: list[str], data: bytes) -> None:
    layout = parse(";".join(fields))
    data = exact(layout, data)
    read = layout.unpack(data)
    assert read.problem is None
    assert layout.pack([each.value for each in read.readings]) == data


@given(layouts, tails, st.binary(max_size=60))
def test_no_bytes_make_it_fail(layout: Layout, tail: str, data: bytes) -> None:
    unpacked = Layout((*layout.fields, *parse(tail).fields)).unpack(data)
    assert unpacked.text or unpacked.problem
    assert is_clean(unpacked.text)


@given(layouts, st.lists(st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=8)), max_size=8))
def test_any_values_are_written_or_refused(layout: Layout, values: list[int | float | str | None]) -> None:
    try:
        written = layout.pack(values)
    except ValueError:
        return
    assert len(layout.unpack(written).readings) == len(values)
