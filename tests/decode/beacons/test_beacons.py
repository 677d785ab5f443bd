"""Every reader at once: nothing makes them fail, and a radio without bytes gets the same line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode.beacon import Fact, Sender
from bletui.decode.beacons import describe, describe_fields, read
from bletui.decode.uuids import BASE
from bletui.model import AdvertisedFields
from bletui.text import is_clean
from tests.decode.recorded import Recorded, recorded

KEYS = {"54:48:E6:8F:80:A5": bytes(16), "F8:24:41:C5:98:8B": bytes(12)}
STRANGE = {  # payloads of real devices that are not what their format says
    "4c000215ebefd08370a247c89837e7b5634df5257420591acb64": "iBeacon",  # a battery behind the frame
    "4c000215ebefd08370a247c89837e7b5634df525632e5535cc64": "iBeacon",
    "aafe2001414141414141414141414141deadbeff": "Eddystone TLM",
    "aafe2101070e5b16531f95fffcffec03eb": "Eddystone",  # a frame type of its maker's own
    "990403291a1ece1efc18f94202ca0b5300000000": "Ruuvi",  # zeros behind the frame
}


@pytest.mark.parametrize("each", recorded("adverts"), ids=lambda r: r.raw.hex())
def test_what_real_devices_send_is_well_formed(each: Recorded) -> None:
    line = describe(each.raw) or ""
    assert "malformed" not in line or any(bytes.fromhex(strange) in each.raw for strange in STRANGE)


def test_a_radio_without_bytes_gets_the_same_line() -> None:
    advertised = AdvertisedFields(
        manufacturer={0x004C: bytes.fromhex("1000"), 0x1234: b""},
        service_data={
            f"0000fe2c{BASE}": bytes.fromhex("0a0b0c"),
            f"0001fe2c{BASE}": bytes.fromhex("0a0b0c"),
            "6e400001-b5a3-f393-e0a9-e50e24dcca9e": b"",
        },
    )
    assert describe_fields(advertised) == "Apple Nearby Info · Fast Pair 0a0b0c"
    assert describe_fields(AdvertisedFields(manufacturer={}, service_data={})) is None


def test_a_field_that_says_more_than_there_is_has_no_beacon() -> None:
    assert describe(bytes.fromhex("05ff4c0010")) is None
    assert describe(bytes.fromhex("020106")) is None


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (Fact("tx", -59, "dBm"), "tx -59 dBm"),
        (Fact("up", 0.5, "s"), "up 0.5 s"),
        (Fact("url", "http://a"), "http://a"),
        (Fact("MAC", "AA", label=True), "MAC AA"),
        (Fact("battery", None, "mV"), "battery not available"),
    ],
)
def test_a_fact_in_words(fact: Fact, words: str) -> None:
    assert str(fact) == words


def test_a_sender_keeps_its_keys_to_itself() -> None:
    sender = Sender("54:48:E6:8F:80:A5", {"54:48:E6:8F:80:A5": b"secretsecretsecr"})
    assert "secret" not in repr(sender)
    assert sender.key() == b"secretsecretsecr"
    assert Sender("hidden-by-the-system").mac() is None
    assert Sender("zz:zz:zz:zz:zz:zz").mac() is None


numbers = st.sampled_from(
    ["ff4c00", "ff0600", "ff9904", "ff1801", "16aafe", "162cfe", "166ffd", "16d2fc", "161c18", "161e18", "1695fe"]
)
starts = st.sampled_from(
    ["", "0215", "beac", "00", "10", "2000", "2001", "30", "03", "05", "06", "e1", "40", "41", "43", "44", "4053",
     "0109", "0300", "0302", "0719", "1005", "0512", "0c0e", "12", "5859", "5830", "7020", "5020", "2302", "4302"]
)  # fmt: skip


@given(numbers, starts, st.binary(max_size=40), st.sampled_from([None, *KEYS, "no address"]))
def test_no_bytes_make_it_fail_or_reach_the_screen_raw(
    number: str, start: str, rest: bytes, address: str | None
) -> None:  # fmt: skip
    value = bytes.fromhex(number[2:] + start) + rest
    beacon = read(int(number[:2], 16), value, address=address, keys=KEYS)
    assert beacon is None or is_clean(str(beacon))
    assert is_clean(describe(bytes((len(value) + 1, int(number[:2], 16))) + value, address=address, keys=KEYS) or "")


@given(st.sampled_from([0x16, 0xFF, 0x09, None]), st.binary(max_size=40))
def test_any_structure_has_a_beacon_or_none(code: int | None, value: bytes) -> None:
    beacon = read(code, value)
    assert beacon is None or (beacon.kind and is_clean(str(beacon)))


@pytest.mark.parametrize("each", recorded("adverts"), ids=lambda r: r.raw.hex())
def test_a_real_payload_cut_anywhere_is_still_read(each: Recorded) -> None:
    at = next((at for at in range(len(each.raw) - 1) if each.raw[at] > 3 and each.raw[at + 1] in (0x16, 0xFF)), None)
    if at is None:
        return
    value = each.raw[at + 2 :]
    for end in range(len(value)):
        beacon = read(each.raw[at + 1], value[:end])
        assert beacon is None or is_clean(str(beacon))
