"""Wall and monotonic time as a value that tests replace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Two sources of seconds: `wall` since the epoch (UTC), `monotonic` from an arbitrary start."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


class Steady:
    """Wall time that never runs backwards: events of one radio keep their order when the clock is set back."""

    __slots__ = ("_clock", "_last")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0.0

    def wall(self) -> float:
        self._last = max(self._last, self._clock.wall())
        return self._last
