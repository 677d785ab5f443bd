"""What a value means in one line, and what is said when it makes no sense."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode import names
from bletui.decode.uuids import BASE
from bletui.decode.values import meaning, sources
from bletui.text import is_clean

NUMBERS = sorted(sources())


def uuid(number: int) -> str:
    return f"{number:08x}{BASE}"


@pytest.mark.parametrize(
    ("number", "value", "text"),
    [
        (0x2A6E, "2b09", "23.47 °C"),
        (0x2A6E, "0080", "not known"),
        (0x2A37, "1648" + "4003", "72 bpm, contact detected, RR 812 ms"),
        (0x2A37, "1448" + "4003", "72 bpm, no contact, RR 812 ms"),
        (0x2A19, "61", "97 %"),
        (0x2A29, "41636d6500", "Acme"),
        (0x2A29, "1b5d35323b", r"\x1b]52;"),
        (0x2A50, "01590042001302", "Bluetooth SIG, 0x0059 Nordic Semiconductor ASA, product 0x0042, version 2.1.3"),
        (0x2A50, "02341278560103", "USB Implementer's Forum, vendor 0x1234, product 0x5678, version 3.0.1"),
        (0x2A01, "4103", "0x0341 Heart Rate Sensor: Heart Rate Belt"),
        (0x2A05, "0100ffff", "from 0x0001, to 0xFFFF"),
        (0x2902, "0300", "notifications and indications"),
        (0x2904, "0efe2f27010000", "sint16, exponent -2, 272F Celsius temperature (degree Celsius), Bluetooth SIG, "
                                   "description 0x0000"),
        (0x2908, "0101", "report 0x01, input"),
        (0x2A0F, "0404", "UTC+01:00, daylight time +1:00"),
        (0x2A0E, "ec", "UTC-05:00"),
        (0x2A0E, "80", "not known"),
        (0x2A5F, "0061f04800", "SpO2 9.7 %, pulse 72 bpm"),
        (0x2A5E, "0461f04800020000", "SpO2 9.7 %, pulse 72 bpm, sensor 0x000002: bit 1 equipment malfunction"),
        (0x2A34, "02040003", "sequence 4, fasting"),
        (0x2AD2, "44" "00" "c409" "a000" "9600", "25.00 km/h, 80 rpm, power 150 W"),
        (0x2AD9, "11" "d007" "c800" "28" "33",
         "set bike simulation, wind 2.000 m/s, grade 2.00 %, rolling 0.0040, drag 0.51 kg/m"),
        (0x2A66, "200201", "response, to 2, success"),
        (0x2A07, "eb", "-21 dBm"),
        (0x2A33, "04fe01" "ff", "0x04: bit 2 middle, x -2, y 1, more ff"),
        (0x2A6C, "38ffff", "-2.00 m"),
        (0x2A74, "0f", "1.5"),
        (0x2AA1, "f6ff" "0a00" "0100", "x -1.0 µT, y 1.0 µT, z 0.1 µT"),
        (0x2AAB, "a800", "168 h"),
        (0x2AB0, "f6ff", "-1.0 m"),
        (0x2AD5, "ceff" "6400" "0500", "minimum -5.0 %, maximum 10.0 %, step 0.5 %"),
        (0x2AD6, "0a00" "c800" "0a00", "minimum 1.0, maximum 20.0, step 1.0"),
        (0x2AD8, "ceff" "e803" "0500", "minimum -50 W, maximum 1000 W, step 5 W"),
        (0x2AE3, "9cff", "-0.00100"),
        (0x2B0D, "e7", "-12.5 °C"),
        (0x2B0E, "f7" "3c" "b4", "temperature -4.5 °C, from 6.0 h, to 18.0 h"),
        (0x2B10, "18fc" "a00f", "minimum -10.00 °C, maximum 40.00 °C"),
        (0x2B19, "4000" "6000" "8000", "minimum 1 V, typical 1.5 V, maximum 2 V"),
        (0x2B98, "10270000", "100.00 s"),
        (0x2BEE, "03" "3c0000" "feffff" "5a0000",
         "empty in 60 min, empty on standby in more than 16777213, charged in 90 min"),
        (0x2BD6, "0cb0", "0.00012 kg/m³"),
        (0x2C06, "18fcffff", "-1.000 m/s²"),
        (0x2C08, "806967ff", "-1.0000000 m"),
        (0x2C0B, "9cffffff", "-1.00 N·m"),
        (0x2B13, "00", "0 s"),
        (0x2B13, "fe", "as long as the device lives"),
        (0x2BFF, "03414243003132330a00", "label ABC, device 123\\x0a"),
        (0x290C, "0000" "02" "3c0000" "000000" "14" "08",
         "arithmetic mean, period 60 s, update interval not in use, indoor, uncertainty 4 %"),
    ],
)  # fmt: skip
def test_one_line(number: int, value: str, text: str) -> None:
    decoded = meaning(uuid(number), bytes.fromhex(value))
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize(
    ("number", "value", "text", "problem"),
    [
        (0x2A19, "", "", "1 byte missing in the value"),
        (0x2A19, "65", "101 %", "101 is above 100"),
        (0x2A19, "6100", "97 %", "1 byte too many"),
        (0x2A6E, "00" "90", "-286.72 °C", "-286.72 is below -273.15"),
        (0x2A1C, "00" "70" "01", "flags 0x00: none", "2 bytes missing in temperature"),
        (0x2A06, "07", "reserved 7", "7 is reserved"),
        (0x2A08, "e807" "0d01" "000000", "2024-13-01 00:00:00", "2024-13-01 is no date"),
        (0x2A08, "e807" "0101" "190000", "2024-01-01 25:00:00", "25:00:00 is no time"),
        (0x2A85, "05000101", "0005-01-01", "year 5 is out of range"),
        (0x2A00, "61ff62", r"a\xffb", "byte 1 is not UTF-8"),
        (0x2A37, "10484003ff", "72 bpm, RR 812 ms", "1 byte too many"),
        (0x2907, "0102030405", "0102030405", "a UUID has 2 or 16 bytes, not 5"),
        (0x2A0E, "7f", "UTC+31:45", "UTC+31:45 is out of range"),
        (0x2A04, "05000600ffff0900", "minimum interval 6.25 ms, maximum interval 7.5 ms, latency 65535, timeout 90 ms",
         "minimum interval: 6.25 is below 7.5; latency: 65535 is above 499; timeout: 90 is below 100"),
    ],
)  # fmt: skip
def test_problems(number: int, value: str, text: str, problem: str) -> None:
    decoded = meaning(uuid(number), bytes.fromhex(value))
    assert decoded is not None
    assert (decoded.text, decoded.problem) == (text, problem)


def test_a_blood_pressure_that_its_client_cut_from_the_wrong_place_is_said_to_be_none() -> None:
    """As read from a real device: the value lacks its first byte."""
    decoded = meaning(uuid(0x2A35), bytes.fromhex("fe202700750055005f00e407091810093a690001"))
    assert decoded is not None
    assert decoded.problem is not None


def test_readings_have_names_values_and_units() -> None:
    decoded = meaning(uuid(0x2A37), bytes.fromhex("1648" + "4003"))
    assert decoded is not None
    assert decoded.name == "Heart Rate Measurement"
    assert [(each.name, each.value, each.unit) for each in decoded.readings] == [
        ("flags", 0x16, ""), ("rate", 72, "bpm"), ("contact", 3, ""), ("RR", (812.5,), "ms"),
    ]  # fmt: skip


def test_an_unknown_type_has_no_meaning() -> None:
    assert meaning("6e400001-b5a3-f393-e0a9-e50e24dcca9e", b"\x01") is None
    assert meaning(uuid(0x2A4D), b"\x01") is None  # a HID report: its map says what it is
    assert meaning(uuid(0x12A6E), b"\x00\x00") is None


def test_every_table_is_known_by_name_and_source() -> None:
    assert len(NUMBERS) >= 300
    for number, source in sources().items():
        decoded = meaning(uuid(number), b"")
        assert decoded is not None
        assert decoded.name, hex(number)
        assert decoded.name == (names.uuid(number) or decoded.name)
        assert any(word in source for word in ("Core", "Service", "Supplement")), source
        assert any(letter.isdigit() for letter in source), source


@given(st.sampled_from(NUMBERS), st.binary(max_size=40))
def test_no_bytes_make_it_fail_or_silent_or_reach_the_screen_raw(number: int, value: bytes) -> None:
    decoded = meaning(uuid(number), value)
    assert decoded is not None
    assert decoded.text or decoded.problem
    assert is_clean(decoded.text)
    assert is_clean(decoded.problem or "")
    for reading in decoded.readings:
        assert reading.text
        assert is_clean(reading.text)


@pytest.mark.parametrize("number", NUMBERS, ids=hex)
def test_every_length_is_read_or_said_to_be_wrong(number: int) -> None:
    for filler in (0x00, 0xFF, 0x41):
        for length in (*range(24), 512):
            decoded = meaning(uuid(number), bytes((filler,)) * length)
            assert decoded is not None
            assert decoded.text or decoded.problem


def test_no_table_is_read_before_a_meaning_is_asked_for() -> None:
    code = "import bletui.decode.values as v, sys; print(v._entries.cache_info().currsize)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "0\n"
