"""Seconds of the wall clock that are themselves required."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from types import TracebackType

MOST = 3


class Timed:
    """The seconds that its block took."""

    took = math.inf

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.took = time.monotonic() - self._began


def tries(under: float) -> Iterator[Timed]:
    """Until one took less, and three at most: a machine that does other things gets two tries more."""
    took: list[float] = []
    while not took or took[-1] >= under:
        assert len(took) < MOST, f"{', '.join(f'{one:.2f}' for one in took)} s, and none under {under:g}"
        timed = Timed()
        yield timed
        took.append(timed.took)
