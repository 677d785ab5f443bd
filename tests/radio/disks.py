"""A disk under a journal that is as slow as a test says."""

from __future__ import annotations

import threading
from pathlib import Path

from bletui.radio.journalfile import Line, put, read

WITHIN = 20.0  # seconds after which a write goes on all the same: a test that failed must end


class SlowDisk:
    """Each write waits, in its thread, until it is let. `durable`: what the file says since the last one that ended."""

    def __init__(self) -> None:
        self._may = threading.Semaphore(0)
        self.begun = 0
        self.ended = 0
        self.durable: list[Line] = []

    def __call__(self, path: Path, data: bytes, *, whole: bool) -> OSError | None:
        self.begun += 1
        self._may.acquire(timeout=WITHIN)
        failed = put(path, data, whole=whole)
        self.durable = list(read(path))
        self.ended += 1
        return failed

    def let(self, writes: int = 1) -> None:
        self._may.release(writes)
