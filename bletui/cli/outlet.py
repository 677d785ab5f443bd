"""stdout under a running loop: a slow reader holds back whoever writes, never the loop and its signals."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 4096  # PIPE_BUF on Linux: a pipe that is ready takes this much without blocking, and whole


class Outlet:
    """Writes to a file descriptor that stays blocking, because other processes may share it.

    A pipe, socket or terminal is written to when it has room; a file or /dev/null always has. Raises `OSError` as it
    comes, `BrokenPipeError` where the reader has gone.
    """

    def __init__(self, number: int = 1) -> None:
        if number == 1 and sys.stdout is None:  # closed (>&-): by now 1 may be anything that was opened since
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        self._number = number
        self._gone = False
        mode = 0 if sys.platform == "win32" else os.fstat(number).st_mode  # its loop can't watch such files
        self._pipe = stat.S_ISFIFO(mode)
        self._waits = self._pipe or stat.S_ISSOCK(mode) or (mode != 0 and os.isatty(number))

    async def write(self, text: str) -> None:
        """One caller at a time."""
        for whole in _pieces(text.encode("utf-8", "backslashreplace")):
            if self._waits:
                await self._ready()
            piece = whole
            while piece:
                piece = piece[os.write(self._number, piece) :]

    @contextmanager
    def ends_with_reader(self) -> Iterator[None]:
        """Raises `BrokenPipeError` in this task when nobody reads the pipe any more, also while nothing is written."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        if not self._pipe or task is None:
            yield
            return
        loop.add_reader(self._number, self._on_event, task)
        try:
            yield
        except asyncio.CancelledError:
            if not self._gone:
                raise
            task.uncancel()
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from None
        finally:
            loop.remove_reader(self._number)

    def _on_event(self, task: asyncio.Task[object]) -> None:
        asyncio.get_running_loop().remove_reader(self._number)
        poll = select.poll()
        poll.register(self._number, 0)
        if poll.poll(0):  # else it was opened for both ways, and tells nothing of its readers
            self._gone = True
            task.cancel()

    async def _ready(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_writer(self._number, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_writer(self._number)


def _pieces(data: bytes) -> Iterator[bytes]:
    """`data` in pieces of at most `PIECE` bytes, cut at line ends where there are any."""
    start = 0
    while start < len(data):
        end = min(start + PIECE, len(data))
        if end < len(data):
            end = data.rfind(b"\n", start, end) + 1 or end
        yield data[start:end]
        start = end
