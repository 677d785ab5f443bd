"""Ruuvi's data formats against the test vectors of its documentation and a recorded tag."""

from __future__ import annotations

import pytest

from bletui.decode.beacons import describe
from tests.decode.beacons.adverts import Advert, adverts
from tests.decode.beacons.facts_of import facts, only, structure
from tests.decode.recorded import recorded

MAC = "CB:B8:33:4C:88:4F"
CLIMATE = ("temperature", "humidity", "pressure")
# Documentation: data format 3, 5, 6 and E1, "Test vectors"; reserved bytes are filled with ff.
VECTORS: dict[str, dict[str, object]] = {
    "03291a1ece1efc18f94202ca0b53": {
        "temperature": 26.3, "humidity": 20.5, "pressure": 1027.66, "x": -1000, "y": -1726, "z": 714, "battery": 2899,
    },
    "03ff7f63ffff7fff7fff7fffffff": {
        "temperature": 127.99, "humidity": 127.5, "pressure": 1155.35, "x": 32767, "y": 32767, "z": 32767,
        "battery": 65535,
    },
    "0300ff6300008001800180010000": {
        "temperature": -127.99, "humidity": 0, "pressure": 500, "x": -32767, "y": -32767, "z": -32767, "battery": 0,
    },
    "0512fc5394c37c0004fffc040cac364200cdcbb8334c884f": {
        "temperature": 24.3, "humidity": 53.49, "pressure": 1000.44, "x": 4, "y": -4, "z": 1036, "battery": 2977,
        "tx": 4, "movements": 66, "sequence": 205, "MAC": MAC,
    },
    "057ffffffefffe7fff7fff7fffffdefefffecbb8334c884f": {
        "temperature": 163.835, "humidity": 163.835, "pressure": 1155.34, "x": 32767, "y": 32767, "z": 32767,
        "battery": 3646, "tx": 20, "movements": 254, "sequence": 65534, "MAC": MAC,
    },
    "058001000000008001800180010000000000cbb8334c884f": {
        "temperature": -163.835, "humidity": 0, "pressure": 500, "x": -32767, "y": -32767, "z": -32767,
        "battery": 1600, "tx": -40, "movements": 0, "sequence": 0, "MAC": MAC,
    },
    "058000ffffffff800080008000ffffffffffffffffffffff": dict.fromkeys(
        (*CLIMATE, "x", "y", "z", "battery", "tx", "movements", "sequence", "MAC")
    ),
    "06170c5668c79e007000c90501d9ffcd004c884f": {
        "temperature": 29.5, "humidity": 55.3, "pressure": 1011.02, "PM2.5": 11.2, "CO2": 201, "VOC index": 10,
        "NOx index": 2, "luminosity": 13026.67, "sequence": 205, "MAC": "4C:88:4F",
    },
    "067fff9c40fffe27109c40fafafeffff074c8f4f": {
        "temperature": 163.835, "humidity": 100, "pressure": 1155.34, "PM2.5": 1000, "CO2": 40000, "VOC index": 500,
        "NOx index": 500, "luminosity": 65535, "sequence": 255, "calibration": "calibrating", "MAC": "4C:8F:4F",
    },
    "0680010000000000000000000000ff00004c884f": {
        "temperature": -163.835, "humidity": 0, "pressure": 500, "PM2.5": 0, "CO2": 0, "VOC index": 0, "NOx index": 0,
        "luminosity": 0, "sequence": 0, "MAC": "4C:88:4F",
    },
    "068000ffffffffffffffffffffffffffffffffff": dict.fromkeys(
        (*CLIMATE, "PM2.5", "CO2", "VOC index", "NOx index", "luminosity", "MAC")
    ) | {"sequence": 255, "calibration": "calibrating"},
    "e1170c5668c79e0065007004bd11ca00c90a0213e0acffffffdecdee01ffffffffffcbb8334c884f": {
        "temperature": 29.5, "humidity": 55.3, "pressure": 1011.02, "PM1": 10.1, "PM2.5": 11.2, "PM4": 121.3,
        "PM10": 455.4, "CO2": 201, "VOC index": 20, "NOx index": 4, "luminosity": 13027, "sequence": 14601710,
        "calibration": "calibrating", "MAC": MAC,
    },
    "e17fff9c40fffe27102710271027109c40fafadc28f0fffffffffffe3fffffffffffcbb8334c884f": {
        "temperature": 163.835, "humidity": 100, "pressure": 1155.34, "PM1": 1000, "PM2.5": 1000, "PM4": 1000,
        "PM10": 1000, "CO2": 40000, "VOC index": 500, "NOx index": 500, "luminosity": 144284, "sequence": 16777214,
        "calibration": "calibrating", "MAC": MAC,
    },
    "e1800100000000000000000000000000000000000000ffffff00000000ffffffffffcbb8334c884f": {
        "temperature": -163.835, "humidity": 0, "pressure": 500, "PM1": 0, "PM2.5": 0, "PM4": 0, "PM10": 0, "CO2": 0,
        "VOC index": 0, "NOx index": 0, "luminosity": 0, "sequence": 0, "MAC": MAC,
    },
    "e18000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff": dict.fromkeys(
        (*CLIMATE, "PM1", "PM2.5", "PM4", "PM10", "CO2", "VOC index", "NOx index", "luminosity", "sequence", "MAC")
    ) | {"calibration": "calibrating"},
}  # fmt: skip


@pytest.mark.parametrize("data", VECTORS)
def test_the_vectors_of_the_documentation(data: str) -> None:
    wanted = VECTORS[data]
    got = facts(structure(0xFF, 0x0499, bytes.fromhex(data)))
    assert got == {name: pytest.approx(value) if isinstance(value, float) else value for name, value in wanted.items()}


def test_what_a_tag_marks_as_missing_is_said_to_be_missing() -> None:
    missing = "05" + "8000" + "ffff" + "ffff" + "8000" * 3 + "ffff" + "ff" + "ffff" + "ff" * 6
    assert describe(structure(0xFF, 0x0499, bytes.fromhex(missing))) == (
        "Ruuvi not available: temperature, humidity, pressure, x, y, z, battery, tx, movements, sequence, MAC"
    )


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("05" + "00" * 10, "Ruuvi format 5 malformed: 11 bytes, expected 24"),
        ("08" + "00" * 10, "Ruuvi format 8 (not decoded)"),
        ("", None),
    ],
)
def test_other_formats_and_cut_ones(data: str, line: str | None) -> None:
    assert describe(structure(0xFF, 0x0499, bytes.fromhex(data))) == line


def test_zeros_behind_a_frame_do_not_hide_it() -> None:
    beacon = only(bytes.fromhex("02010415ff990403291a1ece1efc18f94202ca0b5300000000"))
    assert beacon.problem == "18 bytes, expected 14"
    assert beacon.facts[0].value == 26.3


NAMES = {"carbon_dioxide": "CO2", "pm1": "PM1", "pm25": "PM2.5", "pm4": "PM4", "pm10": "PM10", "voc_index": "VOC index",
         "nox_index": "NOx index", "movement_counter": "movements"}  # fmt: skip


@pytest.mark.parametrize("each", adverts("Ruuvi"), ids=lambda r: r.raw.hex())
def test_recorded_sensors(each: Advert) -> None:
    got = facts(each.raw)
    compared = {name: value for name, value in each.expected.items() if name in (*CLIMATE, *NAMES)}
    assert len(compared) >= 3
    for name, value in compared.items():
        assert got[NAMES.get(name, name)] == pytest.approx(value, abs=0.0051)


def test_a_recorded_tag() -> None:
    (each,) = [r for r in recorded("adverts") if "Ruuvitag V5" in r.expected.get("firmware", "")]
    got, wanted = facts(each.raw), each.expected
    assert got["temperature"] == wanted["temperature"]
    assert got["humidity"] == pytest.approx(wanted["humidity"], abs=0.01)
    assert got["pressure"] == wanted["pressure"]
    assert (got["x"], got["y"], got["z"]) == tuple(wanted[f"acceleration {axis}"] for axis in "xyz")
    assert (got["battery"], got["tx"]) == (wanted["voltage"] * 1000, wanted["tx power"])
