"""Devices that are carried around."""

from __future__ import annotations

import math
from itertools import pairwise

from bletui.backends.simulator.site import Point


def round_trip(corners: tuple[Point, ...], speed: float, ahead: float, t: float) -> Point:
    """Where someone is at second `t` who walks from corner to corner and back to the first, `ahead` metres on at 0."""
    legs = [(start, end, math.dist(start, end)) for start, end in pairwise((*corners, corners[0]))]
    left = (ahead + speed * t) % sum(length for _, _, length in legs)
    for (x, y), (to_x, to_y), length in legs:
        if left < length:
            return x + (to_x - x) * left / length, y + (to_y - y) * left / length
        left -= length
    return corners[0]
