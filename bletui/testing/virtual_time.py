"""An event loop whose time jumps to the next timer when nothing is ready, and a clock on it.

Hours of waiting take as long as the work in them: `run(main)`, or `loop_factory=VirtualLoop` in an `asyncio.Runner`.
Only what waits by the loop is moved: asyncio's sleep, timeout and timers. Sockets work, but real answers take no time.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from bletui.clock import Clock

START = 1_700_000_000.0  # wall seconds at the loop's second 0
T = TypeVar("T")
P = ParamSpec("P")


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout and 0)
        if not ready:
            self.now += timeout or 0.0
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def stall(self, seconds: float) -> None:
        """As if the whole process had stood still."""
        self._jumping.now += seconds


LIMIT = 7200.0  # virtual seconds


def run(
    main: Callable[[], Coroutine[Any, Any, T]],
    limit: float | None = LIMIT,
    loop_factory: Callable[[], VirtualLoop] = VirtualLoop,
) -> T:
    """What `main` returns; its loop's time begins at 0. `TimeoutError` after `limit` virtual seconds."""

    async def bounded() -> T:
        async with asyncio.timeout(limit):
            return await main()

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(bounded())


def in_virtual_time(
    test: Callable[P, Coroutine[Any, Any, None]], loop_factory: Callable[[], VirtualLoop] = VirtualLoop
) -> Callable[P, None]:
    """Makes a coroutine test one that runs in virtual time."""

    @functools.wraps(test)
    def runs(*args: P.args, **kwargs: P.kwargs) -> None:
        run(lambda: test(*args, **kwargs), loop_factory=loop_factory)

    return runs


def clock() -> Clock:
    """Wall and monotonic time of the loop that runs: for `Env` and `QueuedRadio` inside of `run`."""
    now = asyncio.get_running_loop().time
    return Clock(wall=lambda: START + now(), monotonic=now)
