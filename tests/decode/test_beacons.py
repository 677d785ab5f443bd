"""Beacons: recorded payloads decode to what their sources say; anything else decodes to nothing and never fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.decode import beacons
from bletui.decode.beacon import Beacon, Fact
from bletui.decode.beacons import describe, describe_fields
from bletui.decode.fields import fields
from bletui.decode.uuids import BASE
from bletui.model import AdvertisedFields
from bletui.text import is_clean
from tests.decode.recorded import Recorded, recorded

ADVERTS = recorded("adverts")
MESSAGES = {"Find My": "Find My", "AirPods/proximity pairing": "Proximity Pairing", "AirPlay target": "AirPlay Target",
            "unknown type 0x16": "type 0x16", "0x13": "type 0x13"}  # fmt: skip
BTHOME = {"dewpoint": "dew point", "pm2.5": "PM2.5", "pm10": "PM10", "co2": "CO2", "tvoc": "TVOC", "binary": "generic",
          "switch": "power", "battery charging": "charging", "distance mm": "distance", "uv index": "UV index",
          "volume mL": "volume", "volume flow rate": "flow", "timestamp": "time", "weight": "mass", "sound": "sound",
          }  # fmt: skip


def only(raw: bytes) -> Beacon:
    found = [beacon for field in fields(raw) if (beacon := beacons.read(field.code, field.value))]
    assert len(found) == 1
    return found[0]


def facts(raw: bytes) -> dict[str, object]:
    return {fact.name: fact.value for fact in only(raw).facts}


def of(brand: str) -> list[Recorded]:
    return [each for each in ADVERTS if brand in each.brand]


@pytest.mark.parametrize("each", [r for r in ADVERTS if "ibeacon" in r.expected], ids=lambda r: r.raw.hex())
def test_ibeacon(each: Recorded) -> None:
    wanted = each.expected["ibeacon"]
    got = facts(each.raw)
    assert str(got["uuid"]).lower() == wanted["uuid"]
    assert (got["major"], got["tx"]) == (wanted["major"], wanted["tx_power"])
    assert got["minor"] == wanted.get("minor", got["minor"])


def test_the_line_of_the_details_pane() -> None:
    raw = bytes.fromhex("1aff4c000215" + "74278bdab64445208f0c720eaf059935" + "00010007c5")
    assert describe(raw) == "iBeacon 74278BDA-B644-4520-8F0C-720EAF059935 major 1 minor 7 tx -59"


def test_altbeacon() -> None:
    (each,) = of("AltBeacon")
    assert facts(each.raw) == {
        "id": "D3162F5A-F3EE-4947-99DB-09756062D0FC",
        "major": each.expected["major"],
        "minor": each.expected["minor"],
        "tx": each.expected["measured power"],
    }


@pytest.mark.parametrize("each", [r for r in of("Eddystone") if "eTLM" not in r.brand], ids=lambda r: r.brand)
def test_eddystone(each: Recorded) -> None:
    kind = each.expected["eddystone"]
    names = {"tx_power": "tx", "voltage_mv": "battery", "adv_count": "advertisements", "eid_hex": "eid"}
    got = facts(each.raw)
    for name, value in each.expected.items():
        if name == "uptime_ds":
            assert got["up"] == value / 10
        elif name != "eddystone":
            assert got[names.get(name, name)] == value
    assert only(each.raw).kind == f"Eddystone {kind.upper()}"


@pytest.mark.parametrize("each", [r for r in ADVERTS if "apple_messages" in r.expected], ids=lambda r: r.raw.hex())
def test_continuity_messages_are_named_in_their_order(each: Recorded) -> None:
    wanted = ", ".join(MESSAGES.get(name, name) for name in each.expected["apple_messages"])
    assert only(each.raw) == Beacon("Apple", (Fact("messages", wanted),))


def test_ruuvi_raw_v2() -> None:
    (each,) = [r for r in of("Ruuvi") if "Ruuvitag V5" in r.expected.get("firmware", "")]
    got = facts(each.raw)
    wanted = each.expected
    assert got["temperature"] == wanted["temperature"]
    assert got["humidity"] == pytest.approx(wanted["humidity"], abs=0.01)
    assert got["pressure"] == wanted["pressure"]
    assert (got["x"], got["y"], got["z"]) == tuple(wanted[f"acceleration {axis}"] for axis in "xyz")
    assert got["battery"] == wanted["voltage"] * 1000
    assert got["tx"] == wanted["tx power"]


def test_what_a_ruuvitag_marks_as_missing_is_left_out() -> None:
    missing = "05" + "8000" + "ffff" + "ffff" + "8000" * 3 + "ffff" + "ff" + "ffff" + "ff" * 6
    assert describe(bytes.fromhex("1bff9904" + missing)) == "Ruuvi"


@pytest.mark.parametrize("each", [r for r in of("BTHome v2") if r.raw], ids=lambda r: r.raw.hex())
def test_bthome(each: Recorded) -> None:
    got = facts(each.raw)
    if "encrypted" in each.expected["firmware"]:
        assert got == {"": "encrypted"}
        return
    wanted = {k: v for k, v in each.expected.items() if k not in ("type", "firmware", "local_name")}
    assert wanted
    for name, value in wanted.items():
        value = f"button {value}" if name == "button" else value
        assert got[BTHOME.get(name, name)] == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("1eff060001092022b16265cb23b7e9cfe76aa2f0a1e26808aa9f539d0da340",
         "Microsoft Connected Devices Windows desktop"),
        ("06ff0600030080", "Microsoft Swift Pair LE only"),
        ("06162cfe0a0b0c", "Fast Pair 0a0b0c"),
        ("17166ffd917646fdc790769728bc1a63ade8c0299a746508",
         "Exposure Notification 917646fdc790769728bc1a63ade8c029 9a746508"),
        ("1516aafe2001" + "41" * 12 + "deadbeff", "Eddystone TLM encrypted salt 57005 check 48895"),
        ("0716d2fc40016177", "BTHome battery 97 % then 77"),
        ("0816d2fc4053021b41", "BTHome \\x1bA"),
        ("0b16d2fc403c0203f2040201", "BTHome dimmer right 3 steps firmware 1.2.4"),
        ("0716d2fc40530541", "BTHome then 530541"),
        ("04ff4c0006", "Apple HomeKit"),
        ("0816aafe1000021b63", "Eddystone URL http://\\x1bc tx 0"),
        ("020106", None),
        ("05ff4c0010", None),  # says more than there is
    ],
)  # fmt: skip
def test_one_line(raw: str, line: str | None) -> None:
    assert describe(bytes.fromhex(raw)) == line


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


numbers = st.sampled_from(["ff4c00", "ff0600", "ff9904", "ff1801", "16aafe", "162cfe", "166ffd", "16d2fc"])
starts = st.sampled_from(["", "0215", "beac", "00", "10", "2000", "2001", "30", "05", "40", "06", "4053"])


@given(numbers, starts, st.binary(max_size=26))
def test_no_bytes_make_it_fail_or_reach_the_screen_raw(number: str, start: str, rest: bytes) -> None:
    value = bytes.fromhex(number + start) + rest
    assert is_clean(describe(bytes((len(value),)) + value) or "")
