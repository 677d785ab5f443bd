"""From metres and walls to dBm, and from dBm to the chance of hearing a packet.

Log-distance path loss with a loss per wall gives each device a mean per receiver; shadowing by people and doors is an
AR(1) process around it (correlation exp(-dt/COHERENCE), as in Gudmundson's model).
"""

from __future__ import annotations

import math
from functools import cache

from bletui.backends.simulator.site import Point, Receiver, Wall

EXPONENT = 2.2  # indoors with partial line of sight
FADING = 3.5  # dB, standard deviation
COHERENCE = 4.0  # seconds until the fading has mostly forgotten itself
DUTY = 0.96  # of the packets that are strong enough: the rest meet a deaf moment or a collision
SLOPE = 1.8  # dB over which reception goes from likely to unlikely
RSSI_MIN, RSSI_MAX = -110, -20


def mean_rssi(place: Point, power: float, receiver: Receiver, walls: tuple[Wall, ...] = ()) -> float:
    """dBm at the receiver, averaged over fading, of a device at `place` that is heard with `power` at one metre."""
    distance = max(0.3, math.dist(place, receiver.place))
    through = sum(wall.loss for wall in walls if _crosses(place, receiver.place, wall))
    return power + receiver.gain - 10 * EXPONENT * math.log10(distance) - through


def fading(interval: float) -> tuple[float, float]:
    """(rho, step) of the AR(1) process when its samples are `interval` seconds apart: x' = rho x + step N(0, 1)."""
    rho = math.exp(-interval / COHERENCE)
    return rho, FADING * math.sqrt(1 - rho * rho)


@cache
def chances(sensitivity: float) -> tuple[float, ...]:
    """The chance to receive a packet, indexed by minus its RSSI: 0 to 110; the last stands for all weaker ones."""
    return *(DUTY / (1 + math.exp((sensitivity + minus) / SLOPE)) for minus in range(-RSSI_MIN)), 0.0


@cache
def expected_chance(mean: int, sensitivity: float) -> float:
    """`chances` averaged over the fading around a whole mean."""
    table = chances(sensitivity)
    near = range(-16, 17)
    weights = [math.exp(-(off * off) / (2 * FADING * FADING)) for off in near]
    hits = (table[-clamped(mean + off)] * weight for off, weight in zip(near, weights, strict=True))
    return sum(hits) / sum(weights)


def clamped(rssi: int) -> int:
    return RSSI_MIN if rssi < RSSI_MIN else min(rssi, RSSI_MAX)


def _crosses(a: Point, b: Point, wall: Wall) -> bool:
    return _side(a, b, wall.start) != _side(a, b, wall.end) and _side(wall.start, wall.end, a) != _side(
        wall.start, wall.end, b
    )


def _side(a: Point, b: Point, p: Point) -> bool:
    return (b[0] - a[0]) * (p[1] - a[1]) > (b[1] - a[1]) * (p[0] - a[0])
