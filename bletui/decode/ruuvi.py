"""RuuviTag, data format 5 "RAWv2" (docs.ruuvi.com, Communication, Bluetooth advertisements, Data format 5)."""

from __future__ import annotations

from struct import unpack

from bletui.decode.beacon import Beacon, Fact

_LENGTH = 24


def raw_v2(data: bytes) -> Beacon | None:
    """The readings behind company id 0x0499; a value that the tag marks as not available is left out."""
    if len(data) != _LENGTH or data[0] != 5:
        return None
    temperature, humidity, pressure, x, y, z, power, moves, count = unpack(">hHHhhhHBH", data[1:18])
    volts, tx = power >> 5, power & 0x1F
    readings = (
        (temperature != -0x8000, Fact("temperature", round(temperature * 0.005, 3), "°C")),
        (humidity != 0xFFFF, Fact("humidity", round(humidity * 0.0025, 4), "%")),
        (pressure != 0xFFFF, Fact("pressure", round((pressure + 50_000) / 100, 2), "hPa")),
        (x != -0x8000, Fact("x", x, "mg")),
        (y != -0x8000, Fact("y", y, "mg")),
        (z != -0x8000, Fact("z", z, "mg")),
        (volts != 0x7FF, Fact("battery", volts + 1600, "mV")),
        (tx != 0x1F, Fact("tx", tx * 2 - 40, "dBm")),
        (moves != 0xFF, Fact("movements", moves)),
        (count != 0xFFFF, Fact("sequence", count)),
    )
    return Beacon("Ruuvi", tuple(fact for known, fact in readings if known))
