"""Values from real devices and from other libraries' tests, with what those say they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Any

from bletui.decode.uuids import BASE
from bletui.decode.values import Decoded

DATA = Path(__file__).parents[2] / "data" / "gattvalues.jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    number: str
    value: bytes
    expected: Any
    source: str
    licence: str

    @property
    def uuid(self) -> str:
        return f"0000{self.number}{BASE}"


def rows() -> list[Row]:
    lines = map(json.loads, DATA.read_text("utf-8").splitlines())
    return [
        Row(each["uuid"], bytes.fromhex(each["value_hex"]), each["expected"], each["source"], each["licence"])
        for each in lines
    ]


def unsaid(row: Row, decoded: Decoded) -> list[str]:
    """What the row's source says of the value and `decoded` does not. Truth values are left to the bits beside them."""
    numbers = list(_numbers(decoded))
    words = _bare(" ".join((decoded.text, *(f"{each.value} {each.text}" for each in decoded.readings))))
    missing = []
    for key, leaf in _leaves(row.expected):
        if isinstance(leaf, str):
            wanted = [_bare(each) for each in (leaf, *SAID_AS.get(leaf, ()))]
            if not any(each in words for each in wanted):
                missing.append(f"{key}={leaf}")
        elif (found := _nearest((leaf, leaf * factor(row, key)), numbers)) is not None:
            numbers.remove(found)
        else:
            missing.append(f"{key}={leaf}")
    return missing


def _leaves(expected: Any, key: str = "") -> Iterator[tuple[str, float | str]]:
    match expected:
        case {"year": year, "month": month, "day": day}:
            yield key, f"{year}-{month:02}-{day:02}" if year else "????-??-??"
        case dict():
            for name, value in expected.items():
                yield from _leaves(value, name)
        case list():
            for value in expected:
                yield from _leaves(value, key)
        case None | bool():
            return
        case _ if key not in UNCOMPARED:
            yield key, expected


def _numbers(decoded: Decoded) -> Iterator[float]:
    for reading in decoded.readings:
        for value in reading.value if isinstance(reading.value, tuple) else (reading.value,):
            if isinstance(value, int | float):
                yield value


def _nearest(wanted: tuple[float, float], numbers: list[float]) -> float | None:
    return next((each for each in numbers if any(isclose(each, want, rel_tol=1e-6) for want in wanted)), None)


def factor(row: Row, key: str) -> float:
    return FACTORS.get(f"{row.number} {key}", FACTORS.get(key, 1))


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9äöüè]", "", text.casefold())


# what the sources derive or repeat beside the value's own fields, and defaults that our line does not mention
UNCOMPARED = frozenset(
    ("rr_s", "mg_per_dl", "category_value", "enabled_features", "feature_count", "measurement_units", "height_unit",
     "sensor_contact", "service_required", "speed_and_distance_format", "elevation_source", "heading_source")
)  # fmt: skip

# ours per theirs: they give the raw number or another unit of the same quantity
FACTORS: dict[str, float] = {
    "rr_raw": 1000 / 1024,
    "stride_cm": 0.01,
    "total_distance_raw": 0.1,
    "crank_time": 1 / 1024,
    "wheel_time": 1 / 1024,
    "2a5b last_wheel_event_time": 1 / 1024,
    "2a5b last_crank_event_time": 1 / 1024,
    "2a63 last_wheel_event_time": 1 / 2048,
    "2a63 last_crank_event_time": 1 / 1024,
    "fractions256": 1 / 256,
    "time_accuracy": 1 / 8,
    "tz_dst_offset": 15,
    "x_axis": 1e6,
    "y_axis": 1e6,
    "z_axis": 1e6,
    "scan_interval": 0.625,
    "scan_window": 0.625,
    "2a6b cumulative_value": 0.1,
    "2b12 ": 1 / 3600,
    "2b14 ": 1 / 3600,
    "2b15 ": 1000,
    "2b99 ": 1 / 100,
}

SAID_AS = {
    "01:02:03:04:05:06": ("06:05:04:03:02:01",),  # the most significant byte comes first in text
    "AA:BB:CC:DD:EE:FF": ("FF:EE:DD:CC:BB:AA",),
    "HID Keyboard (0x03C1)": ("Human Interface Device: Keyboard",),
    "year unknown, 04-17 20:41:59": ("????-04-17 20:41:59",),
    "ABORT_OPERATION": ("abort",),
    "ALL_RECORDS": ("all",),
    "BODY_GENERAL": ("body",),
    "CANCELED": ("cancelled",),
    "CYCLING_ERGOMETER": ("cycling on an ergometer",),
    "DELETE_ALL_BUT_ACTIVE_BOND_ON_SERVER_BR_EDR_LE": ("delete all but the active bond on BR/EDR and LE",),
    "DELETE_BOND_OF_REQUESTING_DEVICE_BR_EDR_LE": ("delete bond of this device on BR/EDR and LE",),
    "FIVEG": ("5G",),
    "FOURGEE": ("4G",),
    "HALF_HOUR_DAYLIGHT": ("daylight time +0:30",),
    "HALF_KG_OR_1_LB": ("0.5 kg or 1 lb",),
    "HUNDRED_MICROSECONDS": ("in 100 µs",),
    "HUNDRED_MILLISECONDS": ("in 100 ms",),
    "KG_0_05_OR_LB_0_1": ("0.05 kg or 0.1 lb",),
    "KG_0_5_OR_LB_1": ("0.5 kg or 1 lb",),
    "M_0_005_OR_INCH_0_5": ("0.005 m or 0.5 in",),
    "NOTIFY_NEW_ALERT_IMMEDIATELY": ("notify new alerts now",),
    "NULL": ("no operator",),
    "ONE_SECOND": ("in 1 s",),
    "POINT_01_M_OR_1_INCH": ("0.01 m or 1 in",),
    "PowerSpecificationData(minimum=0.1, typical=0.1, maximum=0.1)": ("minimum 0.1 W, typical 0.1 W, maximum 0.1 W",),
    "PowerSpecificationData(minimum=1.0, typical=2.0, maximum=3.0)": ("minimum 1.0 W, typical 2.0 W, maximum 3.0 W",),
    "RESPONSE_CODE": ("response",),
    "RUNNING_TREADMILL": ("running on a treadmill",),
    "SET_TARGET_SPEED": ("to 2",),
    "SMS_MMS": ("SMS or MMS",),
    "START_SENSOR_CALIBRATION": ("start calibration",),
    "THREEG": ("3G",),
    "TO_WAYPOINT": ("to the waypoint",),
    "UNKNOWN": ("not known",),
    "USB_IF": ("USB Implementer's Forum",),
    "YES": ("connected",),
}

RESOLUTIONS = "they give the whole field, we its parts: the features and the resolutions"
UNKNOWN = "they give the raw number, which the specification reserves for a value that is not known"
ONE_BYTE = "they read a resistance level of one byte; the Fitness Machine Service's errata and devices have two"
ORDER = "they keep the order of the air; the fields are little-endian"
BYTES = "they give bytes, we their meaning"
DISAGREED = {
    ("2a01", "4103"): "the subcategory alone is no field",
    ("2a21", "0000"): "0 is no interval: there is no periodic measurement",
    ("2a23", "0102030405060708"): ORDER,
    ("2a23", "aabbccddee112233"): ORDER,
    ("2a55", "0100000000"): BYTES,
    ("2a55", "0302"): BYTES,
    ("2a69", "640010270406"): "they read steps of a half for HDOP and VDOP; the unit is 2/10",
    ("2a9a", "ff"): UNKNOWN,
    ("2a9b", "00200100"): RESOLUTIONS,
    ("2a9b", "ff0f0000"): RESOLUTIONS,
    ("2a9e", "08000000"): RESOLUTIONS,
    ("2a9e", "8f000000"): RESOLUTIONS,
    ("2aa7", "08000c100600586f"): "the E2E-CRC is shown, not checked",
    ("2aa9", "3c00000101"): "they give three octets as one number",
    ("2acd", "fe1f2003ee02881300ceff1e00640032002c013601f40158020a8c55080758029cfffa00"): (
        "they read a pace of two bytes; the Fitness Machine Service and devices have one"
    ),
    ("2ad1", "fe1f32c8003088130078007d00fa00f00005f4012c01058241100eb004"): ONE_BYTE,
    ("2ad2", "fe1fb80bf00aa000960010270007c800b9002003900107915018155802"): ONE_BYTE,
    ("2ad6", "000000"): ONE_BYTE,
    ("2ad6", "011401"): ONE_BYTE,
    ("2ad6", "ffffff"): ONE_BYTE,
    ("2ad9", "0801"): BYTES,
    ("2ae0", "ffff00"): UNKNOWN,
    ("2aef", "ffffffff"): UNKNOWN,
    ("2b00", "ffffffff"): UNKNOWN,
    ("2b4f", "0000"): "0 is no interval: nothing is notified",
    ("2b98", "ffffffff"): UNKNOWN,
    ("2b99", "ffffffff"): UNKNOWN,
}
