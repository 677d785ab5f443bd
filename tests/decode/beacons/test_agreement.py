"""What other parsers answered over made-up payloads (record_agreement.py), and where we differ and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bletui.decode.beacon import Beacon
from bletui.decode.beacons import read

ADDRESS = "C4:7C:8D:6A:3E:7B"
RECORD = Path(__file__).parents[2] / "data" / "beacon_agreement.jsonl"
NOTHING = "nothing"
Check = Callable[[Any, Any], bool]


class Row(NamedTuple):
    parser: str
    data: str
    beacon: Beacon
    answer: Mapping[str, Any]


def row(line: str) -> Row:
    said = json.loads(line)
    keys = {ADDRESS: bytes.fromhex(said["key"])} if said["key"] else {}
    value = said["number"].to_bytes(2, "little") + bytes.fromhex(said["data"])
    beacon = read(said["code"], value, address=ADDRESS, keys=keys)
    assert beacon is not None
    return Row(said["parser"].split()[0], said["data"], beacon, said["answer"])


def same(mine: Any, theirs: Any) -> bool:
    """Numbers to the last digit that the other parser keeps; text without case and dashes, `_` being a blank."""
    if isinstance(mine, (int, float)) and isinstance(theirs, (int, float)):
        return abs(mine - theirs) <= max(0.0051, 1e-6 * abs(mine))
    if isinstance(mine, str) and isinstance(theirs, str):
        return mine.casefold().replace("-", "") == theirs.casefold().replace("_", " ").replace("-", "")
    return mine is None and theirs is None


def begins(mine: str, theirs: str) -> bool:
    """Our text goes on with the steps or arguments that belong to the event."""
    return mine.startswith(theirs.removeprefix("rotate_").replace("_", " "))


def stands_for(**meaning: bool) -> Check:
    return lambda mine, theirs: meaning[mine] == theirs


def missing(mine: Any, _: Any) -> bool:
    return bool(mine == NOTHING)


NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "bthome-ble": {
        "packet_id": ("packet",), "pm25": ("PM2.5",), "pm10": ("PM10",), "carbon_dioxide": ("CO2",),
        "volatile_organic_compounds": ("TVOC",), "battery": ("battery", "battery low"), "uv_index": ("UV index",),
        "battery_charging": ("charging",), "gas": ("gas", "gas detected"), "volume_flow_rate": ("flow",),
        "moisture": ("moisture", "moisture detected"), "timestamp": ("time",), "volume_storage": ("volume stored",),
    },
    "xiaomi-ble": {
        "moisture": ("moisture", "water"), "power": ("switch",), "motion": ("no motion for",), "opening": ("contact",),
    },
    "ruuvitag-ble": {
        "humidity_percentage": ("humidity",), "temperature_celsius": ("temperature",), "pressure_hpa": ("pressure",),
        "battery_voltage_mv": ("battery",), "tx_power_dbm": ("tx",), "movement_counter": ("movements",),
        "measurement_sequence_number": ("sequence",), "pm25_ug_m3": ("PM2.5",), "co2_ppm": ("CO2",),
        "voc_index": ("VOC index",), "nox_index": ("NOx index",), "luminosity_lux": ("luminosity",),
        "pm1_ug_m3": ("PM1",), "pm4_ug_m3": ("PM4",), "pm10_ug_m3": ("PM10",), "mac": ("MAC",),
        "acceleration_vector_mg": ("axes",), "calibration_in_progress": ("calibration",),
    },
    "ibeacon-ble": {"power": ("tx",)},
    "beacontools": {
        "_tx_power": ("tx",), "_voltage": ("battery",), "_advertising_count": ("advertisements",),
        "_seconds_since_boot": ("up",),
    },
}  # fmt: skip
SAID_OTHERWISE: dict[tuple[str, str], Check] = {
    ("bthome-ble", "command"): begins,
    ("bthome-ble", "dimmer"): begins,
    ("bthome-ble", "timestamp"): lambda mine, theirs: mine == theirs.replace(" ", "T"),
    ("xiaomi-ble", "power"): stands_for(off=False, on=True),
    ("xiaomi-ble", "light"): stands_for(dark=False, bright=True),
    ("xiaomi-ble", "opening"): stands_for(opened=True, closed=False),
    ("xiaomi-ble", "motion"): lambda mine, theirs: (mine == 0) == theirs,
    ("ruuvitag-ble", "acceleration_vector_mg"): lambda mine, theirs: mine == theirs,
    ("ruuvitag-ble", "calibration_in_progress"): lambda mine, theirs: (mine != NOTHING) == theirs,
}
DISAGREEMENTS: dict[tuple[str, str], tuple[str, Check]] = {
    ("bthome-ble", "temperature"): (
        "object 0x58 counts in steps of 0.35 °C; that parser rounds to a tenth",
        lambda mine, theirs: abs(mine - theirs) <= 0.0501,
    ),
    ("xiaomi-ble", "humidity"): (
        "tenths of a percent in the frame; that parser drops them for this product",
        lambda mine, theirs: int(mine) == theirs,
    ),
    ("xiaomi-ble", "voltage"): ("made up from the percentage of the battery: no device sends it", missing),
    ("xiaomi-ble", "door_left_open"): ("worked out from the state of the contact, which we show", missing),
    ("ruuvitag-ble", "humidity_percentage"): (
        "format 3 over 100 %: nothing there; the documentation's own vector says 127.5 %",
        lambda mine, theirs: mine > 100 and theirs is None,
    ),
    ("ruuvitag-ble", "luminosity_lux"): (
        "format 6: that parser rounds to whole lux",
        lambda mine, theirs: abs(mine - theirs) <= 0.5,
    ),
    ("ruuvitag-ble", "acceleration_total_mg"): ("worked out from the axes, which we show", missing),
    ("ruuvitag-ble", "sound_avg_dba"): ("the documentation of format 6 has this byte as reserved", missing),
    ("ruuvitag-ble", "mac"): ("format 3 holds no address", missing),
    ("beacontools", "_temperature"): (
        "signed in the specification (below 0 °C); that parser reads it as unsigned",
        lambda mine, theirs: mine < 0 and same(mine + 256, theirs),
    ),
    ("beacontools", "_seconds_since_boot"): (
        "the frame counts tenths of a second; that parser hands the count on as seconds",
        lambda mine, theirs: same(mine * 10, theirs),
    ),
}
ROWS = [row(line) for line in RECORD.read_text("utf-8").splitlines()]


def compared(each: Row) -> Iterator[tuple[str, Any, Any]]:
    """What the other parser says, under its name, and what we say to it."""
    facts: dict[str, Any] = {fact.name: fact.value for fact in each.beacon.facts}
    facts["axes"] = [facts.get(axis) for axis in "xyz"]
    for name, theirs in each.answer.items():
        ours = NAMES[each.parser].get(name, (name.replace("_", " ").strip(),))
        yield name, next((facts[found] for found in ours if found in facts), NOTHING), theirs


@pytest.mark.parametrize("parser", NAMES)
def test_we_say_what_it_says_but_for_what_is_listed(parser: str) -> None:
    rows = [each for each in ROWS if each.parser == parser]
    assert len(rows) >= 30
    assert [each.data for each in rows if each.beacon.problem] == []
    wrong, listed = [], set()
    for each in rows:
        for name, mine, theirs in compared(each):
            if SAID_OTHERWISE.get((parser, name), same)(mine, theirs):
                continue
            reason, holds = DISAGREEMENTS.get((parser, name), ("", lambda *_: False))
            listed.add(name)
            if not reason or not holds(mine, theirs):
                wrong.append((each.data, name, mine, theirs))
    assert wrong == []
    assert listed == {name for who, name in DISAGREEMENTS if who == parser}


def test_where_it_says_nothing() -> None:
    """bthome-ble keeps device type and firmware to itself; xiaomi-ble takes illuminance from other products alone."""
    silent = {each.beacon.facts[-1].name for each in ROWS if not each.answer}
    assert silent == {"device type", "firmware", "illuminance"}
