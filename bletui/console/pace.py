"""At most one data frame on its way to the terminal: nothing queues up behind a slow link."""

from __future__ import annotations

PATIENCE = 2.0  # seconds after the start within which a terminal that answers queries has answered one
NEVER = -1.0e9
RETRY = 5.0  # seconds after which an unanswered query is sent again: the terminal may have been changed for another


class FramePace:
    """Decides when the next data frame may be painted. Times are monotonic seconds.

    A frame is followed by a query; its answer proves that the terminal has everything before it. A terminal that
    answers nothing gets one frame a second, or the asked-for pace where that was `forced`.
    """

    def __init__(self, frames: float, *, start: float, forced: bool = False) -> None:
        self._period = 1 / frames
        self._forced = forced
        self._start = start
        self._answers = False
        self._asked: float | None = None
        self._painted = NEVER
        self._stopped = False

    @property
    def waiting(self) -> bool:
        """A frame is on its way."""
        return self._answers and self._asked is not None

    def due(self, now: float) -> bool:
        """Whether a data frame may be painted now."""
        if self.waiting or self._stopped:
            return False
        mute = not self._answers and not self._forced and now - self._start > PATIENCE
        period = max(self._period, 1.0) if mute else self._period
        return now - self._painted >= period * 0.9  # timers are not exact

    def painted(self, now: float) -> None:
        """A frame was written, and the query behind it."""
        self._painted = self._asked = now

    def soon(self) -> bool:
        """Makes the next frame due now; not where one is still on its way."""
        if self.waiting or self._stopped:
            return False
        self._painted = NEVER
        return True

    def answered(self) -> None:
        """The terminal answered a query, the one at the start included."""
        self._answers = True
        self._asked = None

    def stop(self) -> None:
        """No further frame and no further query."""
        self._stopped = True

    def resumed(self) -> None:
        """The process was stopped meanwhile: an answer may have been lost."""
        self._asked = None

    def ask_again(self, now: float) -> bool:
        """Whether the query has to be sent again."""
        if self._stopped or self._asked is None or not self._answers or now - self._asked < RETRY:
            return False
        self._asked = now
        return True
