"""The stage clock of one operation: how long it was in each stage."""

from __future__ import annotations

from bletui.model import Stage


class StageClock:
    """Times are wall seconds. `spent` holds the stages that are over, in the order in which they first came."""

    __slots__ = ("_spent", "_stage", "since")

    def __init__(self, now: float) -> None:
        self._stage: Stage | None = "queued"
        self._spent: dict[Stage, float] = {}
        self.since = now

    @property
    def spent(self) -> tuple[tuple[Stage, float], ...]:
        return tuple(self._spent.items())

    def turn(self, stage: Stage | None, now: float) -> None:
        """Says which stage the operation is in now (None: it is over); one that took no time is not listed."""
        if stage == self._stage:
            return
        if self._stage is not None and now > self.since:
            self._spent[self._stage] = self._spent.get(self._stage, 0.0) + now - self.since
        self._stage, self.since = stage, now
