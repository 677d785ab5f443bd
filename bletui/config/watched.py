"""A file that may change while it counts."""

from __future__ import annotations

from pathlib import Path

EVERY = 1.0  # seconds between two looks


class Watched:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _state(path)
        self._looked = float("-inf")

    def changed(self, now: float) -> bool:
        """Whether it is another one than at the last look; `now`: monotonic seconds. Looks once a second at most."""
        if now - self._looked < EVERY:
            return False
        self._looked = now
        before, self._seen = self._seen, _state(self._path)
        return before != self._seen


def _state(path: Path) -> tuple[int, int, int] | None:
    """By what a change shows; None: it is not there, or can't be looked at, which reading it will say."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
