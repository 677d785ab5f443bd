"""How fast a counter grows."""

from __future__ import annotations

from collections import deque

WINDOW = 3.0  # seconds over which a rate is taken


class Rate:
    """A counter's increase per second over the last three; `value` changes once a second, so that it can be read."""

    def __init__(self) -> None:
        self.value = 0.0
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, total: int) -> None:
        seen = self._seen
        if seen and now - seen[-1][0] < 1.0:
            return
        if seen and total < seen[-1][1]:  # another session's counter
            seen.clear()
        seen.append((now, total))
        while len(seen) > 2 and now - seen[1][0] >= WINDOW:
            seen.popleft()
        span = now - seen[0][0]
        self.value = (total - seen[0][1]) / span if span > 0 else 0.0
