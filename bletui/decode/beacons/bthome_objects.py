"""The objects of BTHome (bthome.io/format, "Sensor data", "Binary Sensor data", "Events", "Device information")."""

from __future__ import annotations

from datetime import UTC, datetime

from bletui.decode.beacon import Fact
from bletui.decode.beacons.quantity import Quantity
from bletui.text import decoded


def object_size(data: bytes, at: int) -> int | None:
    """Bytes of the object at `at` behind its id; None where the id is not known, or its length byte is missing."""
    code = data[at]
    if code in OBJECTS:
        return OBJECTS[code].size
    match code:
        case 0x53 | 0x54:  # text and raw bytes tell their length
            return 1 + data[at + 1] if at + 1 < len(data) else None
        case 0x3B:  # a command tells how many bytes of arguments follow its number
            return 2 + data[at + 1] if at + 1 < len(data) else None
    return 1 if code in BINARY else _SPECIAL.get(code)


def object_fact(code: int, value: bytes) -> Fact:
    """What a whole object says; `code` is known, and `value` of its size."""
    match code:
        case 0x3A:
            return Fact("button", PRESSES.get(value[0], f"event 0x{value[0]:02x}"), label=True)
        case 0x3B:
            command = COMMANDS.get(value[1], f"command {value[1]}") if len(value) > 1 else "command"
            return Fact("command", f"{command} {value[2:].hex()}".rstrip())
        case 0x3C:
            turned = TURNS[value[0]] if value[0] < len(TURNS) else f"event {value[0]}"
            return Fact("dimmer", f"{turned} {value[1]} steps", label=True)
        case 0x50:
            return Fact("time", datetime.fromtimestamp(int.from_bytes(value, "little"), UTC).isoformat())
        case 0x53:
            return Fact("text", decoded(value[1:]))
        case 0x54:
            return Fact("raw", value[1:].hex())
        case 0xF1 | 0xF2:
            return Fact("firmware", ".".join(str(byte) for byte in value[::-1]), label=True)
        case _ if code in BINARY:
            return Fact(BINARY[code], value[0])
    return OBJECTS[code].fact(value)


# fmt: off
OBJECTS = {
    0x00: Quantity("packet", 1),
    0x01: Quantity("battery", 1, unit="%"),
    0x02: Quantity("temperature", 2, 0.01, "°C", signed=True),
    0x03: Quantity("humidity", 2, 0.01, "%"),
    0x04: Quantity("pressure", 3, 0.01, "hPa"),
    0x05: Quantity("illuminance", 3, 0.01, "lx"),
    0x06: Quantity("mass", 2, 0.01, "kg"),
    0x07: Quantity("mass", 2, 0.01, "lb"),
    0x08: Quantity("dew point", 2, 0.01, "°C", signed=True),
    0x09: Quantity("count", 1),
    0x0A: Quantity("energy", 3, 0.001, "kWh"),
    0x0B: Quantity("power", 3, 0.01, "W"),
    0x0C: Quantity("voltage", 2, 0.001, "V"),
    0x0D: Quantity("PM2.5", 2, unit="µg/m³"),
    0x0E: Quantity("PM10", 2, unit="µg/m³"),
    0x12: Quantity("CO2", 2, unit="ppm"),
    0x13: Quantity("TVOC", 2, unit="µg/m³"),
    0x14: Quantity("moisture", 2, 0.01, "%"),
    0x2E: Quantity("humidity", 1, unit="%"),
    0x2F: Quantity("moisture", 1, unit="%"),
    0x3D: Quantity("count", 2),
    0x3E: Quantity("count", 4),
    0x3F: Quantity("rotation", 2, 0.1, "°", signed=True),
    0x40: Quantity("distance", 2, unit="mm"),
    0x41: Quantity("distance", 2, 0.1, "m"),
    0x42: Quantity("duration", 3, 0.001, "s"),
    0x43: Quantity("current", 2, 0.001, "A"),
    0x44: Quantity("speed", 2, 0.01, "m/s"),
    0x45: Quantity("temperature", 2, 0.1, "°C", signed=True),
    0x46: Quantity("UV index", 1, 0.1),
    0x47: Quantity("volume", 2, 0.1, "L"),
    0x48: Quantity("volume", 2, unit="mL"),
    0x49: Quantity("flow", 2, 0.001, "m³/h"),
    0x4A: Quantity("voltage", 2, 0.1, "V"),
    0x4B: Quantity("gas", 3, 0.001, "m³"),
    0x4C: Quantity("gas", 4, 0.001, "m³"),
    0x4D: Quantity("energy", 4, 0.001, "kWh"),
    0x4E: Quantity("volume", 4, 0.001, "L"),
    0x4F: Quantity("water", 4, 0.001, "L"),
    0x51: Quantity("acceleration", 2, 0.001, "m/s²"),
    0x52: Quantity("gyroscope", 2, 0.001, "°/s"),
    0x55: Quantity("volume stored", 4, 0.001, "L"),
    0x56: Quantity("conductivity", 2, unit="µS/cm"),
    0x57: Quantity("temperature", 1, unit="°C", signed=True),
    0x58: Quantity("temperature", 1, 0.35, "°C", signed=True),
    0x59: Quantity("count", 1, signed=True),
    0x5A: Quantity("count", 2, signed=True),
    0x5B: Quantity("count", 4, signed=True),
    0x5C: Quantity("power", 4, 0.01, "W", signed=True),
    0x5D: Quantity("current", 2, 0.001, "A", signed=True),
    0x5E: Quantity("direction", 2, 0.01, "°"),
    0x5F: Quantity("precipitation", 2, 0.1, "mm"),
    0x60: Quantity("channel", 1),
    0x61: Quantity("rotational speed", 2, unit="rpm"),
    0x62: Quantity("speed", 4, 1e-6, "m/s", signed=True),
    0x63: Quantity("acceleration", 4, 1e-6, "m/s²", signed=True),
    0x64: Quantity("light level", 1),
    0x65: Quantity("settings revision", 1),
    0xF0: Quantity("device type", 2),
}
# fmt: on
BINARY = {
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
}
PRESSES = {
    0x00: "none",
    0x01: "press",
    0x02: "double press",
    0x03: "triple press",
    0x04: "long press",
    0x05: "long double press",
    0x06: "long triple press",
    0x80: "hold press",
    0x81: "hold release",
}
TURNS = ("none", "left", "right")
COMMANDS = {0: "off", 1: "on", 2: "toggle", 3: "step up", 4: "step down"}
_SPECIAL = {0x3A: 1, 0x3C: 2, 0x50: 4, 0xF1: 4, 0xF2: 3}  # button, dimmer, time, firmware
