"""BTHome v2 service data, UUID 0xFCD2 (bthome.io/format); encrypted payloads are named, not decrypted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from bletui.decode.beacon import Beacon, Fact
from bletui.text import decoded


class _Object(NamedTuple):
    name: str
    size: int
    factor: float = 1
    unit: str = ""
    signed: bool = False


# fmt: off
_OBJECTS = {
    0x00: _Object("packet", 1),
    0x01: _Object("battery", 1, unit="%"),
    0x02: _Object("temperature", 2, 0.01, "°C", signed=True),
    0x03: _Object("humidity", 2, 0.01, "%"),
    0x04: _Object("pressure", 3, 0.01, "hPa"),
    0x05: _Object("illuminance", 3, 0.01, "lx"),
    0x06: _Object("mass", 2, 0.01, "kg"),
    0x07: _Object("mass", 2, 0.01, "lb"),
    0x08: _Object("dew point", 2, 0.01, "°C", signed=True),
    0x09: _Object("count", 1),
    0x0A: _Object("energy", 3, 0.001, "kWh"),
    0x0B: _Object("power", 3, 0.01, "W"),
    0x0C: _Object("voltage", 2, 0.001, "V"),
    0x0D: _Object("PM2.5", 2, unit="µg/m³"),
    0x0E: _Object("PM10", 2, unit="µg/m³"),
    0x12: _Object("CO2", 2, unit="ppm"),
    0x13: _Object("TVOC", 2, unit="µg/m³"),
    0x14: _Object("moisture", 2, 0.01, "%"),
    0x2E: _Object("humidity", 1, unit="%"),
    0x2F: _Object("moisture", 1, unit="%"),
    0x3D: _Object("count", 2),
    0x3E: _Object("count", 4),
    0x3F: _Object("rotation", 2, 0.1, "°", signed=True),
    0x40: _Object("distance", 2, unit="mm"),
    0x41: _Object("distance", 2, 0.1, "m"),
    0x42: _Object("duration", 3, 0.001, "s"),
    0x43: _Object("current", 2, 0.001, "A"),
    0x44: _Object("speed", 2, 0.01, "m/s"),
    0x45: _Object("temperature", 2, 0.1, "°C", signed=True),
    0x46: _Object("UV index", 1, 0.1),
    0x47: _Object("volume", 2, 0.1, "L"),
    0x48: _Object("volume", 2, unit="mL"),
    0x49: _Object("flow", 2, 0.001, "m³/h"),
    0x4A: _Object("voltage", 2, 0.1, "V"),
    0x4B: _Object("gas", 3, 0.001, "m³"),
    0x4C: _Object("gas", 4, 0.001, "m³"),
    0x4D: _Object("energy", 4, 0.001, "kWh"),
    0x4E: _Object("volume", 4, 0.001, "L"),
    0x4F: _Object("water", 4, 0.001, "L"),
    0x51: _Object("acceleration", 2, 0.001, "m/s²"),
    0x52: _Object("gyroscope", 2, 0.001, "°/s"),
    0x55: _Object("volume stored", 4, 0.001, "L"),
    0x56: _Object("conductivity", 2, unit="µS/cm"),
    0x57: _Object("temperature", 1, unit="°C", signed=True),
    0x58: _Object("temperature", 1, 0.35, "°C", signed=True),
    0x59: _Object("count", 1, signed=True),
    0x5A: _Object("count", 2, signed=True),
    0x5B: _Object("count", 4, signed=True),
    0x5C: _Object("power", 4, 0.01, "W", signed=True),
    0x5D: _Object("current", 2, 0.001, "A", signed=True),
    0xF0: _Object("device type", 2),
}
# fmt: on
_BINARY = {
    0x0F: "generic",
    0x10: "power",
    0x11: "opening",
    0x15: "battery low",
    0x16: "charging",
    0x17: "carbon monoxide",
    0x18: "cold",
    0x19: "connectivity",
    0x1A: "door",
    0x1B: "garage door",
    0x1C: "gas detected",
    0x1D: "heat",
    0x1E: "light",
    0x1F: "lock",
    0x20: "moisture detected",
    0x21: "motion",
    0x22: "moving",
    0x23: "occupancy",
    0x24: "plug",
    0x25: "presence",
    0x26: "problem",
    0x27: "running",
    0x28: "safety",
    0x29: "smoke",
    0x2A: "sound",
    0x2B: "tamper",
    0x2C: "vibration",
    0x2D: "window",
}  # fmt: skip
_PRESSES = ("none", "press", "double press", "triple press", "long press", "long double press", "long triple press")
_SPECIAL = {0x3A: 1, 0x3C: 2, 0x50: 4, 0xF1: 4, 0xF2: 3}  # button, dimmer, time, firmware: bytes behind the id
_COUNTED = frozenset((0x53, 0x54))  # text and raw bytes tell their length


def v2(data: bytes) -> Beacon | None:
    """The objects in `data`, up to the first that is unknown or cut: its length is not told, so the rest stays hex."""
    if not data or data[0] >> 5 != 2:
        return None
    if data[0] & 0x01:
        return Beacon("BTHome", (Fact("", "encrypted"),))
    facts: list[Fact] = []
    at = 1
    while at < len(data):
        size = _size(data, at)
        if not size or at + 1 + size > len(data):
            return Beacon("BTHome", (*facts, Fact("", f"then {data[at:].hex()}")))
        facts.append(_fact(data[at], data[at + 1 : at + 1 + size]))
        at += 1 + size
    return Beacon("BTHome", tuple(facts))


def _size(data: bytes, at: int) -> int:
    """Bytes of the object at `at` behind its id; 0 where that is not known."""
    code = data[at]
    if code in _OBJECTS:
        return _OBJECTS[code].size
    if code in _COUNTED:
        return 1 + data[at + 1] if at + 1 < len(data) else 0
    return 1 if code in _BINARY else _SPECIAL.get(code, 0)


def _fact(code: int, value: bytes) -> Fact:
    number = int.from_bytes(value, "little")
    match code:
        case 0x3A:
            return Fact("button", f"button {_PRESSES[number] if number < len(_PRESSES) else f'event {number}'}")
        case 0x3C:
            return Fact("dimmer", f"dimmer {('none', 'left', 'right')[min(value[0], 2)]} {value[1]} steps")
        case 0x50:
            return Fact("time", datetime.fromtimestamp(number, UTC).isoformat())
        case 0x53:
            return Fact("text", decoded(value[1:]))
        case 0x54:
            return Fact("raw", value[1:].hex())
        case 0xF1 | 0xF2:
            return Fact("firmware", "firmware " + ".".join(str(byte) for byte in value[::-1]))
        case _ if code in _BINARY:
            return Fact(_BINARY[code], number)
    known = _OBJECTS[code]
    if known.signed:
        number = int.from_bytes(value, "little", signed=True)
    return Fact(known.name, number if known.factor == 1 else round(number * known.factor, 6), known.unit)
