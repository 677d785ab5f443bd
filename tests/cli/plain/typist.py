"""Plain mode in this process: lines are typed one after the other, what is printed is kept. Its clock is the loop's."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bletui.cli.configured import Configuration
from bletui.cli.plain.desk import Desk
from bletui.cli.plain.printer import Printer
from bletui.cli.plain.running import sit
from bletui.clock import Clock
from bletui.config.file import Config
from bletui.model import Owner, ScanRequest
from bletui.news import News
from bletui.session import Session
from bletui.target import parse
from bletui.testing import virtual_time

WITHIN = 60.0  # seconds of the loop


@dataclass
class Paper:
    """An outlet that keeps what it is given."""

    said: str = ""
    news: News = field(default_factory=News)

    async def write(self, text: str) -> None:
        self.said += text
        self.news.tell()


class Keys:
    """A keyboard whose lines come when the test types them."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    async def line(self) -> str | None:
        return await self._lines.get()

    def type(self, line: str | None) -> None:
        self._lines.put_nowait(line)


@dataclass
class Typist:
    desk: Desk
    paper: Paper
    keys: Keys
    _read: int = 0

    async def type(self, line: str, *then: str) -> str:
        """Types a line and waits until each of `then` was printed after it; what was printed meanwhile."""
        self._read = len(self.paper.said)
        self.keys.type(line)
        for words in then:
            await self.until(lambda words=words: words in self.since)  # type: ignore[misc]
        return self.since

    @property
    def since(self) -> str:
        """What was printed since the last line was typed."""
        return self.paper.said[self._read :]

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.paper.said.splitlines()]

    async def until(self, true: Callable[[], object]) -> None:
        assert await self.paper.news.until(true, WITHIN), f"not within {WITHIN} s; the end: {self.paper.said[-6000:]}"


@asynccontextmanager
async def typist(
    *targets: str, terminal: bool = True, json: bool = False, encoding: str = "utf-8", clock: Clock | None = None
) -> AsyncIterator[Typist]:
    """At the end the input ends, and it is left."""
    paper, keys = Paper(), Keys()
    session = Session([parse(one) for one in targets], owner=Owner("plain"), clock=clock or virtual_time.clock())
    async with session:
        printer = Printer(paper, json=json, encoding=encoding)
        desk = Desk(session, printer, Configuration(Config(), os.environ), piped=not terminal)
        await session.scan(ScanRequest())
        async with asyncio.TaskGroup() as group:
            group.create_task(sit(desk, keys))
            yield Typist(desk, paper, keys)
            keys.type(None)


def lines(said: str, *having: str) -> list[str]:
    return [line for line in said.splitlines() if all(word in line for word in having)]
