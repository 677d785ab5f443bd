"""stdin, line by line, under a running loop: waiting for a line can be cancelled."""

from __future__ import annotations

import asyncio
import os
import sys

PIECE = 4096
LINE_MAX = 64 * 1024  # bytes; what is longer is cut into lines of this length


class Keyboard:
    """Lines of a file descriptor; one caller at a time."""

    def __init__(self, number: int = 0) -> None:
        self._number = number
        self._held = b""
        self._ended = sys.stdin is None and number == 0

    def is_terminal(self) -> bool:
        return not self._ended and os.isatty(self._number)

    async def line(self) -> str | None:
        """The next line without its end; None when there is no more."""
        while b"\n" not in self._held and len(self._held) < LINE_MAX and not self._ended:
            await self._ready()
            piece = os.read(self._number, PIECE)
            self._ended = not piece
            self._held += piece
        if not self._held:
            return None
        line, _, self._held = self._held.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")

    async def _ready(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(self._number, ready.set)
        except PermissionError:
            return  # epoll takes no regular file; it never keeps anyone waiting either
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._number)
