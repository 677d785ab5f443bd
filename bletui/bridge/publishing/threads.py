"""What blocks, in a thread that holds up nobody's end: the interpreter does not wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], undo: Callable[[T], None] | None = None) -> T:
    """What `work` returns or raises. Where nobody waits for it any more, `undo` gets what it returned."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[T] = loop.create_future()

    def finish(made: T) -> None:
        if not waiting.done():
            waiting.set_result(made)
        elif undo is not None:
            undo(made)

    def fail(failed: Exception) -> None:
        if not waiting.done():
            waiting.set_exception(failed)

    def run() -> None:
        try:
            made = work()
        except Exception as failed:  # raised again where it is waited for
            _tell(loop, lambda failed=failed: fail(failed))  # type: ignore[misc]
        else:
            _tell(loop, lambda: finish(made))

    threading.Thread(target=run, name="publish", daemon=True).start()
    return await waiting


def _tell(loop: asyncio.AbstractEventLoop, news: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended meanwhile, and the process with it
        loop.call_soon_threadsafe(news)
