"""A coroutine run to its end or to the first signal that asks for one."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def run(job: Callable[[], Coroutine[object, object, int]]) -> int:
    """The exit code of `job`, or 128 + number where a signal cancelled it; a second signal cancels its clean-up."""
    return asyncio.run(_watched(job))


async def _watched(job: Callable[[], Coroutine[object, object, int]]) -> int:
    task = asyncio.current_task()
    got: list[int] = []
    if task is None or sys.platform == "win32":  # Windows: asyncio.run turns ctrl+c into KeyboardInterrupt by itself
        return await job()

    def stop(number: int) -> None:
        got.append(number)
        task.cancel()

    for name in _ENDING:
        asyncio.get_running_loop().add_signal_handler(getattr(signal, name), stop, getattr(signal, name))
    try:
        return await job()
    except asyncio.CancelledError:
        if not got:
            raise
        return 128 + got[0]


def on_hangup(do: Callable[[], None]) -> None:
    """From now on SIGHUP does this, and ends nothing."""
    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, do)
