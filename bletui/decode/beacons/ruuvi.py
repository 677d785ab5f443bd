"""Ruuvi sensors (docs.ruuvi.com, Communication, Bluetooth advertisements): data formats 3, 5, 6 and E1."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from struct import unpack

from bletui.decode.beacon import Beacon, Fact, size_problem

_NO_SIGNED, _NO_WORD, _NO_BYTE, _NO_INDEX, _NO_TRIPLE = -0x8000, 0xFFFF, 0xFF, 0x1FF, 0xFFFFFF
_LUX_STEP = log(65536) / 254  # format 6 has luminosity as a logarithm, 254 steps up to 65,535 lx


def ruuvi(data: bytes) -> Beacon | None:
    """The readings behind company id 0x0499; None in a fact: the sensor marks it as not available."""
    if not data:
        return None
    known = _FORMATS.get(data[0])
    if known is None:
        return Beacon("Ruuvi", (Fact("format", f"format {data[0]} (not decoded)"),))
    size, reader = known
    problem = size_problem(len(data), size) if len(data) != size else None
    return Beacon("Ruuvi", (Fact("format", data[0]),) if len(data) < size else reader(data[:size]), problem)


def _raw_v1(data: bytes) -> tuple[Fact, ...]:
    """Format 3: the temperature is a sign, whole degrees and hundredths, of which there are 99 at most."""
    humidity, whole, hundredths, pressure, x, y, z, battery = unpack(">BBBHhhhH", data[1:])
    celsius = round(((whole & 0x7F) + hundredths / 100) * (-1 if whole & 0x80 else 1), 2)
    return (
        Fact("temperature", None if hundredths > 99 else celsius, "°C"),
        Fact("humidity", humidity / 2, "%"),
        Fact("pressure", round((pressure + 50_000) / 100, 2), "hPa"),
        *_axes(x, y, z),
        Fact("battery", battery, "mV"),
    )


def _raw_v2(data: bytes) -> tuple[Fact, ...]:
    temperature, humidity, pressure, x, y, z, power, moves, count = unpack(">hHHhhhHBH", data[1:18])
    volts, tx = power >> 5, power & 0x1F
    return (
        *_climate(temperature, humidity, pressure),
        *_axes(x, y, z),
        Fact("battery", None if volts == 0x7FF else volts + 1600, "mV"),
        Fact("tx", None if tx == 0x1F else tx * 2 - 40, "dBm"),
        Fact("movements", None if moves == _NO_BYTE else moves),
        Fact("sequence", None if count == _NO_WORD else count),
        _mac(data[18:]),
    )


def _air(data: bytes) -> tuple[Fact, ...]:
    """Format 6; the address is its last three bytes alone."""
    temperature, humidity, pressure, fine, co2, voc, nox, light, _, count, flags = unpack(">hHHHHBBBBBB", data[1:17])
    lux = None if light == _NO_BYTE else round(exp(light * _LUX_STEP) - 1, 2)
    return (
        *_climate(temperature, humidity, pressure),
        _particles("PM2.5", fine),
        *_gases(co2, voc, nox, flags),
        Fact("luminosity", lux, "lx"),
        Fact("sequence", count),
        *_calibrating(flags),
        _mac(data[17:]),
    )


def _extended(data: bytes) -> tuple[Fact, ...]:
    """Format E1, in an extended advertisement."""
    temperature, humidity, pressure, *particles, co2, voc, nox = unpack(">hHHHHHHHBB", data[1:19])
    light, count = int.from_bytes(data[19:22], "big"), int.from_bytes(data[25:28], "big")
    flags = data[28]
    return (
        *_climate(temperature, humidity, pressure),
        *(_particles(name, raw) for name, raw in zip(("PM1", "PM2.5", "PM4", "PM10"), particles, strict=True)),
        *_gases(co2, voc, nox, flags),
        Fact("luminosity", None if light == _NO_TRIPLE else round(light * 0.01, 2), "lx"),
        Fact("sequence", None if count == _NO_TRIPLE else count),
        *_calibrating(flags),
        _mac(data[34:]),
    )


def _climate(temperature: int, humidity: int, pressure: int) -> tuple[Fact, ...]:
    return (
        Fact("temperature", None if temperature == _NO_SIGNED else round(temperature * 0.005, 3), "°C"),
        Fact("humidity", None if humidity == _NO_WORD else round(humidity * 0.0025, 4), "%"),
        Fact("pressure", None if pressure == _NO_WORD else round((pressure + 50_000) / 100, 2), "hPa"),
    )


def _axes(*values: int) -> tuple[Fact, ...]:
    return tuple(
        Fact(axis, None if value == _NO_SIGNED else value, "mg") for axis, value in zip("xyz", values, strict=True)
    )


def _particles(name: str, raw: int) -> Fact:
    return Fact(name, None if raw == _NO_WORD else round(raw * 0.1, 1), "µg/m³")


def _gases(co2: int, voc: int, nox: int, flags: int) -> tuple[Fact, ...]:
    """The indices have nine bits, the lowest among the flags."""
    volatile, nitrogen = voc << 1 | flags >> 6 & 1, nox << 1 | flags >> 7
    return (
        Fact("CO2", None if co2 == _NO_WORD else co2, "ppm"),
        Fact("VOC index", None if volatile == _NO_INDEX else volatile),
        Fact("NOx index", None if nitrogen == _NO_INDEX else nitrogen),
    )


def _calibrating(flags: int) -> tuple[Fact, ...]:
    return (Fact("calibration", "calibrating"),) if flags & 1 else ()


def _mac(data: bytes) -> Fact:
    return Fact("MAC", None if data == b"\xff" * len(data) else data.hex(":").upper(), label=True)


_FORMATS: dict[int, tuple[int, Callable[[bytes], tuple[Fact, ...]]]] = {
    0x03: (14, _raw_v1),
    0x05: (24, _raw_v2),
    0x06: (20, _air),
    0xE1: (40, _extended),
}
