"""How much a plug-in may hand over: more than any air holds, and less than what stops the keys."""

from __future__ import annotations

from typing import Final

RATE_MAX: Final = 10_000.0  # advertisements and notifications a second


class Flood:
    """A bucket that fills with time and holds one second's worth."""

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left = RATE_MAX
        self._at: float | None = None

    def room(self, now: float) -> int:
        """How many may pass at `now`, monotonic seconds."""
        if self._at is not None:
            self._left = min(RATE_MAX, self._left + (now - self._at) * RATE_MAX)
        self._at = now
        return int(self._left)

    def took(self, count: int) -> None:
        self._left -= count
