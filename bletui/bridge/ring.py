"""The last minutes of events, packed: what a client that was away is told, and what a history is read from."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from bletui.bridge.frames import STATE, Frame

MINUTES = 10.0
BYTES_MAX = 32 * 1024 * 1024
LOG_MAX = 2_000  # events, advertisements and notifications excepted


def nowhere(frame: Frame) -> None:
    """Keeps nothing."""


class Ring:
    """In memory; `keep` is handed each frame that is added, for a copy that outlives the process."""

    def __init__(
        self, minutes: float = MINUTES, bytes_max: int = BYTES_MAX, keep: Callable[[Frame], None] = nowhere
    ) -> None:
        self.minutes = minutes
        self.bytes_max = bytes_max
        self.keep = keep
        self.lost = 0  # events that the copy lacks
        self._bytes = 0
        self._earlier: deque[Frame] = deque()  # of runs before this one, whose numbers mean nothing here
        self._frames: deque[Frame] = deque()
        self._log: deque[Frame] = deque()
        self._logged = 0

    def remember(self, earlier: Iterable[Frame]) -> None:
        """What runs before this one left, oldest first; before anything is added."""
        for frame in earlier:
            self._earlier.append(frame)
            self._note(frame)

    def add(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._note(frame)
        self.keep(frame)

    def after(self, seq: int) -> list[Frame] | None:
        """Every event behind number `seq`; None where the ring does not reach back that far."""
        frames: list[Frame] = []
        for frame in reversed(self._frames):
            if frame.last <= seq:
                return list(reversed(frames))
            frames.append(frame)
        return list(reversed(frames)) if frames and frames[-1].seq <= seq + 1 else None

    def since(self, at: float) -> list[Frame]:
        """Frames with events from wall time `at` on, those of earlier runs included."""
        return [frame for frames in (self._earlier, self._frames) for frame in frames if frame.at >= at]

    def log(self) -> list[Frame]:
        """The newest events, advertisements and notifications excepted."""
        return list(self._log)

    def _note(self, frame: Frame) -> None:
        self._bytes += len(frame.data)
        oldest = frame.at - self.minutes * 60
        for frames in (self._earlier, self._frames):
            while frames and (self._bytes > self.bytes_max or frames[0].at < oldest):
                self._bytes -= len(frames.popleft().data)
        if frame.sort == STATE:
            self._log.append(frame)
            self._logged += frame.events
            while self._logged > LOG_MAX and len(self._log) > 1:
                self._logged -= self._log.popleft().events
