"""Proximity Pairing of AirPods and their kin, as research reads it (Celosia and Cunche, PoPETs 2020)."""

from __future__ import annotations

from bletui.decode.beacon import Fact, hexadecimal

_PAIRED = 0x01
_UNKNOWN = 0x0F
MODELS = {
    0x0220: "AirPods",
    0x0320: "Powerbeats 3",
    0x0520: "BeatsX",
    0x0620: "Beats Solo 3",
    0x0A20: "AirPods Max",
    0x0E20: "AirPods Pro",
    0x0F20: "AirPods 2",
    0x1320: "AirPods 3",
    0x1420: "AirPods Pro 2",
    0x2420: "AirPods Pro 2 (USB-C)",
    0x2720: "AirPods Pro 3",
}


def airpods(value: bytes) -> tuple[Fact, ...]:
    """25 bytes. Batteries in steps of 10 %; which half is left depends on which pod speaks (status bit 5)."""
    if value[0] != _PAIRED:
        return ()
    model = value[1] << 8 | value[2]
    left_speaks = bool(value[3] & 0x20)
    low, high = value[4] & 0x0F, value[4] >> 4
    left, right = (low, high) if left_speaks else (high, low)
    bits = value[5] >> 4
    charging_left, charging_right = (bits & 1, bits & 2) if left_speaks else (bits & 2, bits & 1)
    levels = (("left", left, charging_left), ("right", right, charging_right), ("case", value[5] & 0x0F, bits & 4))
    charging = [name for name, _, charges in levels if charges]
    return (
        Fact("model", MODELS.get(model, f"model 0x{model:04X}")),
        *(Fact(name, _percent(level), "%") for name, level, _ in levels),
        *([Fact("charging", ", ".join(charging), label=True)] if charging else []),
        hexadecimal("status", value[3:4]),
        Fact("lid", value[6]),
        Fact("colour", value[7]),
        Fact("", "rest encrypted"),
    )


def _percent(level: int) -> int | None:
    return None if level == _UNKNOWN else min(level, 10) * 10
