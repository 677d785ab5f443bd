"""Sensors whose values move: what they would read at a moment, and the payload formats that carry it."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Celsius, percent relative humidity, hectopascal, percent of battery, millivolt, seconds since power-up."""

    temperature: float
    humidity: float
    pressure: float
    battery: int
    millivolt: int
    uptime: float


def reading(t: float, phase: float) -> Reading:
    """A room's climate: a daily wave and two quick ones, shifted by `phase` (radians) so that no two rooms agree."""
    day, quick, draught = (math.sin(math.tau * t / period + phase) for period in (DAY, 600.0, 97.0))
    temperature = 21.0 + 3.0 * day + 0.8 * quick + 0.2 * draught
    return Reading(
        temperature=temperature,
        humidity=48.0 - 2.0 * (temperature - 21.0) + 1.5 * draught,
        pressure=1013.0 + 6.0 * math.sin(math.tau * t / (3 * DAY) + phase) + 0.2 * quick,
        battery=max(5, round(96 - t / DAY)),
        millivolt=max(2100, round(2980 - t / DAY * 4)),
        uptime=t + 3600 * (1 + phase),
    )


def govee_h5075(name: bytes, r: Reading) -> bytes:
    """Temperature and humidity share a 24-bit number (tenths of a degree times 1000 plus tenths of a percent)."""
    tenths = abs(round(r.temperature * 10)) * 1000 + round(r.humidity * 10)
    sign = 0x800000 if r.temperature < 0 else 0
    data = b"\x00" + (tenths | sign).to_bytes(3, "big") + bytes([r.battery, 0])
    return _ad(0x09, name) + _ad(0x03, b"\x88\xec") + b"\x02\x01\x05" + _ad(0xFF, b"\x88\xec" + data)


def ruuvi_raw_v2(mac: bytes, sequence: int, r: Reading) -> bytes:
    """Data format 5 (docs.ruuvi.com), lying still with +4 dBm."""
    power = (r.millivolt - 1600) << 5 | (4 + 40) // 2
    climate = struct.pack(">hHH", round(r.temperature * 200), round(r.humidity * 400), round(r.pressure * 100) - 50_000)
    motion = struct.pack(">hhhHBH", -28, -36, 1044, power, sequence >> 6 & 0xFF, sequence & 0xFFFF)
    return b"\x02\x01\x06" + _ad(0xFF, b"\x99\x04\x05" + climate + motion + mac)


def bthome_v2(name: bytes, packet: int, r: Reading) -> bytes:
    """Unencrypted: packet id, battery, temperature, humidity, pressure, in the order of their ids (bthome.io)."""
    temperature, humidity = round(r.temperature * 100), round(r.humidity * 100)
    data = struct.pack("<BBBBBhBH", 0x00, packet & 0xFF, 0x01, r.battery, 0x02, temperature, 0x03, humidity)
    data += b"\x04" + round(r.pressure * 100).to_bytes(3, "little")
    return b"\x02\x01\x06" + _ad(0x16, b"\xd2\xfc\x40" + data) + _ad(0x08, name)


def pvvx(mac: bytes, packet: int, r: Reading) -> bytes:
    """The "custom" format of the ATC/pvvx firmware: service data of Environmental Sensing (0x181A)."""
    values = (round(r.temperature * 100), round(r.humidity * 100), r.millivolt, r.battery, packet & 0xFF, 0x0F)
    return b"\x02\x01\x06" + _ad(0x16, b"\x1a\x18" + mac[::-1] + struct.pack("<hHHBBB", *values))


def eddystone_tlm(count: int, r: Reading) -> bytes:
    """Unencrypted telemetry: millivolt, 8.8 fixed point degrees, advertisement count, tenths of a second."""
    frame = struct.pack(">BBHhII", 0x20, 0, r.millivolt, round(r.temperature * 256), count, round(r.uptime * 10))
    return b"\x02\x01\x06\x03\x03\xaa\xfe" + _ad(0x16, b"\xaa\xfe" + frame)


def _ad(kind: int, value: bytes) -> bytes:
    return bytes([len(value) + 1, kind]) + value
