"""Things that happen later, and not at all once their owner has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Timers:
    """Callbacks on the running loop; `close` takes back those that are due yet."""

    def __init__(self) -> None:
        self._due: set[asyncio.TimerHandle] = set()

    def after(self, seconds: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        def fire() -> None:
            self._due.discard(handle)
            callback()

        handle = asyncio.get_running_loop().call_later(seconds, fire)
        self._due.add(handle)
        return handle

    def close(self) -> None:
        for handle in self._due:
            handle.cancel()
        self._due.clear()
