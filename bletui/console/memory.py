"""What lasts beyond the console: read once, and written behind its back, one change after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bletui.config.remembered import Remembered, change, read
from bletui.failure import BleError

if TYPE_CHECKING:  # the first frame waits for no threads
    from concurrent.futures import Future, ThreadPoolExecutor


class Memory:
    """`problem`: why nothing is kept; "": it is. Without a `state` file nothing lasts, and nothing is wrong."""

    def __init__(self, state: Callable[[], Path] | None) -> None:
        self.value = Remembered()
        self.problem = ""
        self._state = state
        self._path: Path | None = None

    @property
    def lasts(self) -> bool:
        return self._path is not None

    def load(self) -> None:
        if self._state is not None:
            self._path = self._state()
            try:
                self.value = read(self._path)
            except BleError as cannot:
                self.problem = cannot.failure.detail

    def keep(self, how: Callable[[Remembered], Remembered]) -> None:
        """At once in `value`; on disk soon, and before the process ends."""
        self.value = how(self.value)
        if self._path is not None:
            self._writer.submit(change, self._path, how).add_done_callback(self._written)

    def settle(self) -> None:
        """Waits until everything is written; nothing can be kept afterwards."""
        self._writer.shutdown()

    @cached_property
    def _writer(self) -> ThreadPoolExecutor:
        """One thread, so that changes stay in order; a disk may take its time, and no key waits for it."""
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(1, thread_name_prefix="memory")

    def _written(self, done: Future[None]) -> None:
        match done.exception():
            case None:
                self.problem = ""
            case BleError() as cannot:
                self.problem = cannot.failure.detail
            case bug:
                raise bug
