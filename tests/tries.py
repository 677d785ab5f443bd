"""Seconds that are themselves required, on a machine that may do other things."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST = 3
LOOK = 0.005  # seconds between two looks at what a process has waited: at its end it is no longer told


class Waiting:
    """How long the main thread of a process has waited for a processor since it was first looked at (proc(5))."""

    def __init__(self, process: int) -> None:
        self._file = Path(f"/proc/{process}/schedstat")
        self._first = self._last = 0
        self.look()
        self._first = self._last

    def look(self) -> None:
        with suppress(OSError, IndexError):  # it has ended, or this system does not tell
            self._last = int(self._file.read_text().split()[1])

    @property
    def seconds(self) -> float:
        return (self._last - self._first) / 1e9


class Timed:
    """The seconds that its block took, but for those in which we or the processes had no processor."""

    took = math.inf

    @contextmanager
    def __call__(self, *processes: int) -> Iterator[None]:
        waiting = [Waiting(one) for one in (os.getpid(), *processes)]
        over = threading.Event()
        looking = threading.Thread(target=_look, args=(waiting, over))
        looking.start()
        began = time.monotonic()
        try:
            yield
        finally:
            seconds = time.monotonic() - began
            over.set()
            looking.join()
            self.took = seconds - sum(one.seconds for one in waiting)


def _look(waiting: list[Waiting], over: threading.Event) -> None:
    while not over.wait(LOOK):
        for one in waiting:
            one.look()


def tries(under: float) -> Iterator[Timed]:
    """Until one took less, and three at most."""
    took: list[float] = []
    while not took or took[-1] >= under:
        assert len(took) < MOST, f"{', '.join(f'{one:.2f}' for one in took)} s, and none under {under:g}"
        timed = Timed()
        yield timed
        took.append(timed.took)
