"""What devices say over time, as pure functions of the site's seconds."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from random import Random

from bletui.backends.simulator import addresses, sensors
from bletui.backends.simulator.recordings import Recording
from bletui.backends.simulator.site import Content

FRAME = 10.0  # seconds for which one of a recording's payloads is repeated
MEASURE = 5.0  # seconds between a sensor's readings

Encode = Callable[[bytes, int, sensors.Reading], bytes]  # address bytes, packet number, values


def recorded(recording: Recording, address: str, *, answers: bool = True) -> Callable[[float], Content]:
    """A recording from a fixed address: its payloads take turns. Not `answers`: to no scan request."""
    response = recording.response(address) if answers else None
    if len(recording.frames) == 1:
        return fixed(address, recording.payload(0, address), response)
    return cycling(address, tuple(recording.payload(n, address) for n in range(len(recording.frames))), response)


def private(recording: Recording, rotate: float, seed: str, offset: float) -> Callable[[float], Content]:
    """A recording from an address that changes every `rotate` seconds, and with it what would betray the device.

    `offset` seconds of the first period are over already: devices don't rotate all at once.
    """
    irk = Random(f"{seed}/irk").randbytes(16)
    return partial(_private, recording, rotate, seed, offset, irk)


def sensor(address: str, response: bytes | None, encode: Encode, phase: float) -> Callable[[float], Content]:
    return partial(_sensor, address, bytes.fromhex(address.replace(":", "")), response, encode, phase)


def fixed(address: str, payload: bytes, response: bytes | None = None) -> Callable[[float], Content]:
    content = Content(address, payload, response, math.inf)
    return lambda t: content


def cycling(address: str, payloads: tuple[bytes, ...], response: bytes | None = None) -> Callable[[float], Content]:
    return partial(_turns, address, payloads, response)


def _turns(address: str, payloads: tuple[bytes, ...], response: bytes | None, t: float) -> Content:
    n = math.floor(t / FRAME)
    return Content(address, payloads[n % len(payloads)], response, (n + 1) * FRAME)


def _private(recording: Recording, rotate: float, seed: str, offset: float, irk: bytes, t: float) -> Content:
    n = math.floor((t + offset) / rotate)
    draw = Random(f"{seed}/{n}")
    resolvable = recording.address == "resolvable"
    address = addresses.resolvable(irk, draw) if resolvable else addresses.non_resolvable(draw)
    payload = recording.payload(n, address)
    if fresh := recording.fresh_bytes:
        payload = payload[:-fresh] + draw.randbytes(fresh)
    return Content(address, payload, recording.response(address), (n + 1) * rotate - offset)


def _sensor(address: str, mac: bytes, response: bytes | None, encode: Encode, phase: float, t: float) -> Content:
    n = math.floor(t / MEASURE)
    return Content(address, encode(mac, n, sensors.reading(n * MEASURE, phase)), response, (n + 1) * MEASURE)
