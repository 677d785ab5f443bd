"""An event loop whose time jumps to the next timer, for stories that last hours and tests that last milliseconds.

It works in process only: a socket's far side knows nothing of it. Use asyncio's own sleep and time-outs.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bletui.clock import Clock

START = 1_700_000_000.0  # wall seconds at the loop's zero
T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(timeout and 0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """When nothing is ready, time moves to the next timer instead of passing."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def stall(self, seconds: float) -> None:
        """As if the whole process had stood still."""
        self._jumping.now += seconds


def clock() -> Clock:
    """The running loop's time as a clock."""
    loop = asyncio.get_running_loop
    return Clock(wall=lambda: START + loop().time(), monotonic=lambda: loop().time())


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """`asyncio.run` over a virtual loop."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())
