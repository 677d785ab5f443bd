"""Where lines go: one after the other, held back while somebody types, never over what stands there."""

from __future__ import annotations

import asyncio
import codecs
from collections import deque
from typing import Protocol

from bletui.cli.narration import object_line
from bletui.cli.records import Record
from bletui.text import visible

LINES_MAX = 1000  # lines kept for a slow or a held terminal; what is older goes, and is counted
PROMPT = "> "
BELL = "\a"
_PLAINER = str.maketrans({"…": "...", "·": "-", "→": "->", "—": "-", "°": "deg ", "µ": "u"})


class Writes(Protocol):
    """An `Outlet`, or whatever else takes text at its own pace."""

    async def write(self, text: str) -> None: ...


class Printer:
    """`put` never waits; `serve` writes until it is cancelled. `encoding`: the terminal's, for all but `json`."""

    def __init__(self, outlet: Writes, *, json: bool, encoding: str) -> None:
        self.json = json
        self.held = False
        self._outlet = outlet
        self._ascii = codecs.lookup(encoding).name != "utf-8"
        self._lines: deque[str] = deque()
        self._lost = 0
        self._turn = asyncio.Lock()
        self._more = asyncio.Event()
        self._room = asyncio.Event()

    def put(self, words: str, record: Record) -> None:
        """A change: `words` ("": not worth a line), or `record` where objects are wanted."""
        if not words and not self.json:
            return
        if len(self._lines) >= LINES_MAX:
            self._lines.popleft()
            self._lost += 1
        self._lines.append(object_line(record) if self.json else self._shown(words))
        self._more.set()

    async def line(self, words: str, record: Record) -> None:
        """What was asked for: none of it is left out, so it waits for room."""
        while len(self._lines) >= LINES_MAX // 2:
            self._room.clear()
            await self._room.wait()
        self.put(words, record)

    async def serve(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            await self.drain()

    async def drain(self) -> None:
        """Returns when everything is written, or held."""
        async with self._turn:
            while self._lines and not self.held:
                lost, self._lost = self._lost, 0
                said = [self._left_out(lost)] if lost else []
                said += [self._lines.popleft() for _ in range(min(100, len(self._lines)))]
                self._room.set()
                await self._outlet.write("\n".join(said) + "\n")

    async def hold(self) -> None:
        """Shows the prompt; from now on nothing is written until `release`."""
        await self.drain()
        async with self._turn:
            self.held = True
            await self._outlet.write(PROMPT)

    def release(self) -> None:
        self.held = False
        self._more.set()

    async def ring(self) -> None:
        """The bell, which moves nothing: what is held can't wait long."""
        async with self._turn:
            await self._outlet.write(BELL)

    def _shown(self, words: str) -> str:
        words = visible(words)  # whatever the words are made of
        return words.translate(_PLAINER).encode("ascii", "backslashreplace").decode() if self._ascii else words

    def _left_out(self, count: int) -> str:
        if self.json:
            return object_line({"schema": "bletui.left-out/1", "lines": count})
        return self._shown(f"… {count} lines left out here")
