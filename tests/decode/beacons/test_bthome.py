"""BTHome against recorded payloads, the sealed example of its documentation, and what is wrong with others."""

from __future__ import annotations

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.adverts import Advert, adverts
from tests.decode.beacons.facts_of import facts, structure
from tests.decode.recorded import Recorded, recorded

NAMES = {"dewpoint": "dew point", "pm2.5": "PM2.5", "pm10": "PM10", "co2": "CO2", "tvoc": "TVOC", "binary": "generic",
         "switch": "power", "battery charging": "charging", "distance mm": "distance", "uv index": "UV index",
         "volume mL": "volume", "volume flow rate": "flow", "timestamp": "time", "weight": "mass"}  # fmt: skip
BESIDE = ("type", "firmware", "local_name")
PLAIN = [r for r in recorded("adverts") if "BTHome v2" in r.brand and "encrypted" not in r.expected["firmware"]]
ADDRESS = "54:48:E6:8F:80:A5"
KEYS = {ADDRESS: bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")}
SEALED = bytes.fromhex("41a47266c95f730011223378237214")  # bthome.io/encryption


@pytest.mark.parametrize("each", PLAIN, ids=lambda r: r.raw.hex())
def test_version_2(each: Recorded) -> None:
    got = facts(each.raw)
    wanted = {k: v for k, v in each.expected.items() if k not in BESIDE}
    assert wanted
    for name, value in wanted.items():
        assert got[NAMES.get(name, name)] == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize("each", adverts("BTHome"), ids=lambda r: r.raw.hex())
def test_version_1_and_sealed_payloads(each: Advert) -> None:
    got = facts(each.raw, each.keys, each.address)
    for name, value in each.expected.items():
        if name not in BESIDE:
            assert got[NAMES.get(name, name)] == pytest.approx(value)


def test_the_example_of_the_documentation_opens_with_its_key_alone() -> None:
    raw = structure(0x16, 0xFCD2, SEALED)
    assert describe(raw, address=ADDRESS, keys=KEYS) == "BTHome counter 857870592 temperature 25.06 °C humidity 50.55 %"
    assert describe(raw) == "BTHome counter 857870592 encrypted"
    assert describe(raw, address=ADDRESS) == "BTHome counter 857870592 encrypted"
    wrong = {ADDRESS: bytes(16)}
    assert describe(raw, address=ADDRESS, keys=wrong) == (
        "BTHome counter 857870592 encrypted, and the key does not fit"
    )  # fmt: skip
    short = {ADDRESS: bytes(12)}
    assert "the key has 12 bytes instead of 16" in (describe(raw, address=ADDRESS, keys=short) or "")
    hidden = {"6F3C…": KEYS[ADDRESS]}
    assert "hides the address" in (describe(raw, address="6F3C…", keys=hidden) or "")


def test_an_address_in_the_payload_stands_in_for_the_sender_s() -> None:
    data = b"\x42" + bytes.fromhex(ADDRESS.replace(":", ""))[::-1] + b"\x01\x61"
    assert describe(structure(0x16, 0xFCD2, data)) == f"BTHome MAC {ADDRESS} battery 97 %"


@pytest.mark.parametrize(
    ("number", "data", "line"),
    [
        (0xFCD2, "40016177", "BTHome battery 97 % malformed: ends inside object 0x77"),
        (0xFCD2, "4001617701", "BTHome battery 97 % unknown object 7701"),
        (0xFCD2, "40530541", "BTHome malformed: ends inside object 0x53"),
        (0xFCD2, "4002ca", "BTHome malformed: ends inside object 0x02"),
        (0xFCD2, "4053021b41", "BTHome \\x1bA"),
        (0xFCD2, "403c0203f2040201", "BTHome dimmer right 3 steps firmware 1.2.4"),
        (0xFCD2, "443a04", "BTHome when triggered button long press"),
        (0xFCD2, "403a99", "BTHome button event 0x99"),
        (0xFCD2, "403b010203ff", "BTHome toggle 03 malformed: ends inside object 0xff"),
        (0xFCD2, "20", "BTHome malformed: version 1 is not known"),
        (0xFCD2, "4101020304", "BTHome malformed: ends inside the counter and check of its encryption"),
        (0xFCD2, "42010203", "BTHome malformed: ends inside its address"),
        (0xFCD2, "", None),
        (0x181C, "2302ca090303bf", "BTHome v1 temperature 25.06 °C malformed: an object says 3 bytes, 2 left"),
        (0x181C, "2302ca090277ff", "BTHome v1 temperature 25.06 °C malformed: object 0277ff is not known"),
        (0x181C, "45020000ca44", "BTHome v1 temperature 16.16 °C"),  # a float, scaled like the others
        (0x181C, "634d4869", "BTHome v1 Hi"),
        (0x181C, "8700060504030201", "BTHome v1 MAC 01:02:03:04:05:06"),
        (0x181C, "02000c" + "0410021b00", "BTHome v1 packet 12 malformed: object 0410021b00 is not known"),
        (0x181C, "0102", None),  # the SIG's User Data
        (0x181E, "0102", None),  # the SIG's Bond Management
        (0x181E, "fba435e4d3c312fb0011223357d90a99", "BTHome v1 counter 857870592 encrypted"),
    ],
)
def test_one_line(number: int, data: str, line: str | None) -> None:
    assert describe(structure(0x16, number, bytes.fromhex(data))) == line
