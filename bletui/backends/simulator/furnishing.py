"""Services that made-up devices are furnished with, by the Bluetooth SIG's and Nordic's definitions."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from bletui.backends.simulator import sensors
from bletui.backends.simulator.attributes import Effect, Guard, Trait, sig
from bletui.model import Properties

Furnished = tuple[str, tuple[Trait, ...]]
Reading = Callable[[float], sensors.Reading]

R, W, C, N, I = (  # noqa: E741 - as the console letters them
    Properties.READ, Properties.WRITE, Properties.WRITE_WITHOUT_RESPONSE, Properties.NOTIFY, Properties.INDICATE,
)  # fmt: skip
MEASURE = 5.0  # seconds between a sensor's readings, those that it advertises too
NORDIC_UART = "6e40000{}-b5a3-f393-e0a9-e50e24dcca9e"
LAB = "b1e70000-51a1-4c0d-9000-{:012x}"  # made up for this simulator


def readings(phase: float) -> Reading:
    """What a sensor in a room of its own reads, as it is advertised."""
    return lambda t: sensors.reading(math.floor(t / MEASURE) * MEASURE, phase)


def access(name: str, appearance: int = 0) -> Furnished:
    return sig(0x1800), (
        Trait(sig(0x2A00), R | W, name.encode(), lengths=(1, 248)),
        Trait(sig(0x2A01), R, struct.pack("<H", appearance)),
        Trait(sig(0x2A04), R, struct.pack("<HHHH", 24, 40, 0, 400)),
    )


def attribute_profile() -> Furnished:
    return sig(0x1801), (Trait(sig(0x2A05), I),)


def device_information(maker: str, model: str) -> Furnished:
    return sig(0x180A), (
        Trait(sig(0x2A29), R, maker.encode()),
        Trait(sig(0x2A24), R, model.encode()),
        Trait(sig(0x2A26), R, b"1.4.2"),
        Trait(sig(0x2A50), R, struct.pack("<BHHH", 1, 0xFFFF, 0x0001, 0x0142)),
    )


def battery(reading: Reading) -> Furnished:
    return sig(0x180F), (Trait(sig(0x2A19), R | N, lambda t: bytes([reading(t).battery]), period=60.0),)


def environment(reading: Reading) -> Furnished:
    """Hundredths of a degree and of a percent, tenths of a pascal."""
    return sig(0x181A), (
        Trait(sig(0x2A6E), R | N, lambda t: struct.pack("<h", round(reading(t).temperature * 100)), period=MEASURE),
        Trait(sig(0x2A6F), R | N, lambda t: struct.pack("<H", round(reading(t).humidity * 100)), period=MEASURE),
        Trait(sig(0x2A6D), R, lambda t: struct.pack("<I", round(reading(t).pressure * 1000))),
    )


def heart_rate() -> Furnished:
    """One measurement a second with one RR interval (1/1024 s), contact detected; a chest; the control point."""
    return sig(0x180D), (
        Trait(sig(0x2A37), N, _beat, period=1.0),
        Trait(sig(0x2A38), R, b"\x01"),
        Trait(sig(0x2A39), W, lengths=(1, 1)),
    )


def _beat(t: float) -> bytes:
    bpm = 72 + 11 * math.sin(math.tau * t / 240) + 2 * math.sin(math.tau * t / 7)
    return struct.pack("<BBH", 0x16, round(bpm), round(60 / bpm * 1024))


def uart() -> Furnished:
    """Nordic's UART: what goes in on RX comes out on TX."""
    return NORDIC_UART.format(1), (
        Trait(NORDIC_UART.format(2), W | C, effect=Effect.ECHO, label="RX"),
        Trait(NORDIC_UART.format(3), N, label="TX"),
    )


def counter() -> Furnished:
    return LAB.format(0x10), (
        Trait(LAB.format(0x11), R | W, b"\x0a\x00", lengths=(2, 2), effect=Effect.RATE, label="notifications a second"),
        Trait(LAB.format(0x12), N, label="counter"),
    )


def vault() -> Furnished:
    """One attribute for each way to be refused, and a long value."""
    return LAB.format(0x20), (
        Trait(LAB.format(0x21), R | W, b"encrypted", Guard.ENCRYPTED, label="needs pairing"),
        Trait(LAB.format(0x22), R | W, b"authenticated", Guard.AUTHENTICATED, label="needs pairing with a passkey"),
        Trait(LAB.format(0x23), R | W, b"", Guard.NEVER, label="not authorized"),
        Trait(LAB.format(0x24), W | C, label="write only"),
        Trait(LAB.format(0x25), R | W, b"\x00\x00\x00\x00", lengths=(4, 4), label="four bytes only"),
        Trait(LAB.format(0x26), W, effect=Effect.REFUSE, label="application error 0x80"),
        Trait(LAB.format(0x27), R | W, bytes(n & 0xFF for n in range(512)), label="512 bytes"),
        Trait(LAB.format(0x28), R | I, lambda t: struct.pack("<I", int(t)), period=2.0, label="indicates"),
    )


def resetting() -> Furnished:
    return LAB.format(0x30), (Trait(LAB.format(0x31), W | C, effect=Effect.RESET, label="reset"),)
