"""The last minutes of events, packed: what a client that was away is told, and what a history is read from."""

from __future__ import annotations

from collections import deque

from bletui.bridge.frames import STATE, Frame

MINUTES = 10.0
BYTES_MAX = 32 * 1024 * 1024
LOG_MAX = 2_000  # events, advertisements and notifications excepted


class Ring:
    def __init__(self, minutes: float = MINUTES, bytes_max: int = BYTES_MAX) -> None:
        self._seconds = minutes * 60
        self._bytes_max = bytes_max
        self._bytes = 0
        self._frames: deque[Frame] = deque()
        self._log: deque[Frame] = deque()
        self._logged = 0

    def add(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._bytes += len(frame.data)
        oldest = frame.at - self._seconds
        while self._frames and (self._bytes > self._bytes_max or self._frames[0].at < oldest):
            self._bytes -= len(self._frames.popleft().data)
        if frame.sort == STATE:
            self._log.append(frame)
            self._logged += frame.events
            while self._logged > LOG_MAX and len(self._log) > 1:
                self._logged -= self._log.popleft().events

    def after(self, seq: int) -> list[Frame] | None:
        """Every event behind number `seq`; None where the ring does not reach back that far."""
        frames: list[Frame] = []
        for frame in reversed(self._frames):
            if frame.last <= seq:
                return list(reversed(frames))
            frames.append(frame)
        return list(reversed(frames)) if frames and frames[-1].seq <= seq + 1 else None

    def since(self, at: float) -> list[Frame]:
        """Frames with events from wall time `at` on."""
        return [frame for frame in self._frames if frame.at >= at]

    def log(self) -> list[Frame]:
        """The newest events, advertisements and notifications excepted."""
        return list(self._log)
