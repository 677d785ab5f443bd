"""The anatomy of a payload: every byte is there, everything wrong is marked, nothing fails."""

from __future__ import annotations

import pytest
from bluetooth_data_tools import parse_advertisement_data_bytes
from hypothesis import example, given
from hypothesis import strategies as st

from bletui.decode.adtypes import AD_TYPES
from bletui.decode.advertising import Structure, serialise, summarise, walk
from bletui.decode.uuids import uuid_text
from bletui.text import is_clean
from tests.decode.recorded import Recorded, recorded

PAYLOADS = [each.raw for each in (*recorded("adverts"), *recorded("adverts_malformed"))]

field = st.builds(
    lambda code, value, lie: bytes((len(value) + 1 + lie & 0xFF, code)) + value,
    st.sampled_from([t.code for t in AD_TYPES]) | st.integers(0, 255),
    st.binary(max_size=40),
    st.sampled_from([0] * 8 + [1, -1, 200]),
)
payloads = st.binary(max_size=80) | st.lists(field | st.just(b"\0\0"), max_size=6).map(b"".join)


@given(payloads)
@example(b"\x00\x02\x01\x06")
def test_nothing_is_lost_and_nothing_raw_gets_out(raw: bytes) -> None:
    structures = walk(raw)
    assert serialise(structures) == raw
    assert all(raw[each.offset] == each.length for each in structures)
    assert all(is_clean(f"{each.name}{each.meaning}{each.problem}") for each in structures)


@given(payloads)
def test_a_row_and_its_anatomy_agree_on_what_is_malformed(raw: bytes) -> None:
    assert summarise(raw).malformed == any(each.problem for each in walk(raw))


@pytest.mark.parametrize("raw", PAYLOADS, ids=bytes.hex)
def test_recorded_payloads_agree_too(raw: bytes) -> None:
    assert serialise(walk(raw)) == raw
    assert summarise(raw).malformed == any(each.problem for each in walk(raw))


def test_well_formed_captures_are_not_called_malformed() -> None:
    captured = [each.raw for each in recorded("adverts")]
    marked = [raw for raw in captured if summarise(raw).malformed]
    assert len(marked) < len(captured) / 10


@given(payloads)
def test_the_oracle_reads_the_same(raw: bytes) -> None:
    """Names aside (see below), bluetooth-data-tools and `summarise` agree on every payload."""
    _, uuids, _, manufacturer, tx_power = parse_advertisement_data_bytes(raw)
    ours = summarise(raw)
    assert list(ours.service_uuids) == uuids
    assert ours.company == next(iter(manufacturer), None)
    assert ours.tx_power == tx_power


@given(payloads)
def test_names_differ_from_the_oracle_only_where_we_mean_it(raw: bytes) -> None:
    """The oracle keeps trailing zeros and control characters, replaces what is not UTF-8 and takes an empty name."""
    name = parse_advertisement_data_bytes(raw)[0]
    problems = [each.problem for each in walk(raw) if each.type in (8, 9)]
    if name and is_clean(name) and not any(problems):
        assert summarise(raw).name == name


@pytest.mark.parametrize("each", recorded("adverts_malformed"), ids=lambda each: each.raw.hex()[:40])
def test_malformed_payloads_are_read_as_far_as_they_go(each: Recorded) -> None:
    raw, expected = each.raw, each.expected
    ours = summarise(raw)
    assert ours.name == expected["local_name"]
    assert list(ours.service_uuids) == expected["service_uuids"]
    assert ours.tx_power == expected["tx_power"]
    whole = [part for part in walk(raw) if part.meaning and part.type is not None]
    sizes = {0x16: 2, 0x20: 4, 0x21: 16}
    service_data = {
        uuid_text(part.value[: sizes[part.type]]): part.value[sizes[part.type] :].hex()
        for part in whole
        if part.type in sizes
    }
    manufacturer = {
        str(int.from_bytes(part.value[:2], "little")): part.value[2:].hex() for part in whole if part.type == 0xFF
    }
    assert service_data == expected["service_data"]
    assert manufacturer == expected["manufacturer_data"]


@pytest.mark.parametrize(
    ("code", "value", "name", "meaning"),
    [
        (0x01, "06", "Flags", "LE General Discoverable, BR/EDR not supported"),
        (0x01, "80", "Flags", "reserved 0x80"),
        (0x01, "00", "Flags", "none"),
        (0x03, "0f180a18", "Complete List of 16-bit Service UUIDs", "180F Battery Service, 180A Device Information"),
        (0x04, "040302ff", "Incomplete List of 32-bit Service UUIDs", "FF020304"),
        (0x07, "9ecadc240ee5a9e093f3a3b50100406e", "Complete List of 128-bit Service UUIDs",
         "6E400001-B5A3-F393-E0A9-E50E24DCCA9E Nordic UART Service"),
        (0x09, "466f6f", "Complete Local Name", "Foo"),
        (0x0A, "f4", "TX Power Level", "-12 dBm"),
        (0x0D, "0c025a", "Class of Device", "phone"),
        (0x10, "010059000100ff02", "Device ID or Security Manager TK Value",
         "0x0059 Nordic Semiconductor ASA, product 0x0001, version 0x02FF"),
        (0x11, "0b", "Security Manager Out of Band Flags", "OOB data present, LE supported (host), random address"),
        (0x12, "06000600", "Peripheral Connection Interval Range", "7.5 ms to 7.5 ms"),
        (0x12, "0600ffff", "Peripheral Connection Interval Range", "7.5 ms to no specific value"),
        (0x14, "0f18", "List of 16-bit Service Solicitation UUIDs", "180F Battery Service"),
        (0x16, "0f1864", "Service Data - 16-bit UUID", "180F Battery Service"),
        (0x16, "d2fc400161", "Service Data - 16-bit UUID", "FCD2 Allterco Robotics ltd · BTHome battery 97 %"),
        (0x17, "665544332211", "Public Target Address", "11:22:33:44:55:66"),
        (0x19, "4005", "Appearance", "0x0540 Sensor"),
        (0x19, "4305", "Appearance", "0x0543 Sensor: Temperature Sensor"),
        (0x1A, "a000", "Advertising Interval", "100 ms"),
        (0x1B, "66554433221101", "LE Bluetooth Device Address", "11:22:33:44:55:66 random"),
        (0x1C, "02", "LE Role", "both, Peripheral preferred"),
        (0x1C, "09", "LE Role", "reserved 9"),
        (0x24, "172f2f782e6578", "URI", "https://x.ex"),
        (0x24, "01783a79", "URI", "x:y"),
        (0x24, "7f1b5b32", "URI", "ircs:\\x1b[2"),
        (0x26, "010a", "Transport Discovery Data", "Bluetooth SIG, provider, on"),
        (0x27, "4101", "LE Supported Features", "Encryption, LL Privacy, 2M PHY"),
        (0x28, "ffffffff1f0100", "Channel Map Update Indication", "37 of 37 channels from event 1"),
        (0x29, "0a0b0c0d0203", "PB-ADV", "link 0a0b0c0d, transaction 2"),
        (0x2A, "e8", "Mesh Message", "network id 0x68, IV index bit 1"),
        (0x2B, "00000102030405060708090a0b0c0d0e0f0000", "Mesh Beacon",
         "unprovisioned device beacon, device 000102030405060708090a0b0c0d0e0f"),
        (0x2C, "00" * 33, "BIGInfo", "not encrypted"),
        (0x2D, "00" * 16, "Broadcast_Code", ""),
        (0x2E, "010203040506", "Resolvable Set Identifier", "hash 030201, prand 060504"),
        (0x2F, "400100", "Advertising Interval - long", "200 ms"),
        (0x30, "4b697463", "Broadcast_Name", "Kitc"),
        (0x31, "0102030405aabb09080706", "Encrypted Advertising Data", "randomizer 0102030405, 2 bytes, MIC 09080706"),
        (0x32, "2a2b2c2d04080210", "Periodic Advertising Response Timing Information",
         "access address 0x2d2c2b2a, 4 subevents every 10 ms, responses after 2.5 ms, spaced 2 ms"),
        (0x3D, "0328", "3D Information Data",
         "association notification, battery level reporting; path loss threshold 40 dB"),
        (0xFF, "5900", "Manufacturer Specific Data", "0x0059 Nordic Semiconductor ASA"),
        (0xFF, "feff", "Manufacturer Specific Data", "0xFFFE (unknown company)"),
        (0x77, "aa", "Unknown type 0x77", ""),
    ],
)  # fmt: skip
def test_meanings(code: int, value: str, name: str, meaning: str) -> None:
    data = bytes.fromhex(value)
    length = len(data) + 1
    assert walk(bytes((length, code)) + data) == (Structure(0, length, code, data, name, meaning),)


def test_padding_is_one_structure() -> None:
    assert walk(bytes(4)) == (Structure(0, 0, None, bytes(3), "Padding", "4 bytes of zero"),)


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        ("02010620ffaabb", [None, "says 32 bytes, 3 left"]),
        ("05", ["says 5 bytes, 0 left"]),
        ("0101", ["0 bytes of value; expected at least 1"]),
        ("030a0080", ["2 bytes of value; expected 1"]),
        ("0402112233", ["3 bytes of value; expected a multiple of 2"]),
        ("023000", ["1 byte of value; expected 4 to 128; 1 byte of zero at the end"]),
        ("0309ffc3", ["not UTF-8 at byte 0"]),
        ("0409410000", ["2 bytes of zero at the end"]),
        ("020106020106", [None, "another flags"]),
        ("020841020942", [None, "another local name"]),
        ("00020106", ["more data after the zero length that ends it", None]),
        ("02010600", [None, None]),
    ],
)
def test_problems(raw: str, problems: list[str | None]) -> None:
    assert [each.problem for each in walk(bytes.fromhex(raw))] == problems


def test_a_payload_far_beyond_the_legal_size_is_still_read() -> None:
    raw = b"\x00\x01" * 40_000
    assert serialise(walk(raw)) == raw
