"""The site's time against ours: how far it may run at a moment, and what to do when the host has fallen behind."""

from __future__ import annotations

from enum import Enum

CATCH_UP = 1.0  # seconds of ours by which delivery may lag before packets are shed
STANDSTILL = 10.0  # seconds after which the host itself must have stood still, and the site with it


class Turn(Enum):
    WAIT = "wait"
    DELIVER = "deliver"
    SHED = "shed"  # counted, not delivered: it costs less, so it catches up


class SiteClock:
    """`start` is the wall time of the site's second 0; it moves on when the site has stood still.

    A second of the site takes `scale` of ours, on the wall clock too: ages and countdowns hold at any speed.
    """

    __slots__ = ("_origin", "_wall", "scale", "start")

    def __init__(self, start: float, speed: float = 1.0) -> None:
        self.start, self.scale, self._origin, self._wall = start, 1 / speed, 0.0, start

    def begin(self, now: float, wall: float) -> None:
        """The site's second 0 is this moment, on our monotonic and on the wall clock."""
        self._origin, self._wall, self.start = now, wall, max(wall, self.start)

    def wall(self, t: float) -> float:
        """The wall time of the site's second `t`."""
        return self.start + t * self.scale

    def second(self, now: float) -> float:
        """The site's second at our moment `now`."""
        return (now - self._origin) / self.scale

    def lag(self, t: float, now: float) -> float:
        """Our seconds since the site's second `t` was due; negative while it lies ahead."""
        return now - self._origin - t * self.scale

    def turn(self, t: float, now: float, wall: float) -> Turn:
        """What to do about the tick that ends at the site's second `t`."""
        # A suspended machine's monotonic clock stands still, and its wall clock does not.
        asleep = wall - self._wall - (now - self._origin)
        if asleep > STANDSTILL:
            self.start += asleep
            self._wall += asleep
        lag = self.lag(t, now)
        if lag < 0:
            return Turn.WAIT
        if lag > STANDSTILL:
            self.start += lag
            self._origin += lag
            self._wall += lag
            return Turn.DELIVER
        return Turn.DELIVER if lag <= CATCH_UP else Turn.SHED
