"""A console on real radios: the simulator, and routers on loopback. Its clock is the loop's, which may be virtual."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual.pilot import Pilot
from textual.widget import Widget

from bletui.console.app import Console
from bletui.console.holding import Opener
from bletui.console.settings import Look, Settings, Source
from bletui.console.spans import Line, words
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.scroll import ScrollLines
from bletui.session import Joined, Session
from bletui.target import parse
from bletui.testing.virtual_time import VirtualLoop, clock
from tests.console.piloted import piloted

WITHIN = 20.0  # seconds
STEP = 0.02  # seconds between two looks at a condition


@dataclass
class Play:
    """What a test holds: the app and its pilot."""

    app: Console
    pilot: Pilot[None]

    @property
    def session(self) -> Session:
        assert self.app.session is not None
        return self.app.session

    @property
    def radio(self) -> Joined:
        """The first one."""
        return next(iter(self.session.radios.values()))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, true: Callable[[], object]) -> None:
        """Waits for a condition, painting as the console does."""
        async with asyncio.timeout(WITHIN):
            while not true():
                self.app.paint()
                await asyncio.sleep(STEP)
                await self.pilot.pause()
        self.app.paint()
        await self.pilot.pause()

    async def until_said(self, said: str, selector: str = "#body") -> None:
        try:
            await self.until(lambda: said in self.text(selector))
        except TimeoutError:
            raise AssertionError(f"never said {said!r}, but:\n{self.text(selector)}") from None

    def text(self, selector: str = "#body") -> str:
        """The words of a widget of lines as they stand in sight."""
        return "\n".join(words(line).rstrip() for line in _lines(self.app.screen.query_one(selector)))

    def everything(self) -> str:
        """Every line of the screen, widget after widget."""
        shown = [widget for widget in self.app.screen.query(Widget) if isinstance(widget, Lines | ScrollLines)]
        return "\n".join(words(line).rstrip() for widget in shown if widget.display for line in _lines(widget))


def _lines(widget: Widget) -> list[Line]:
    if isinstance(widget, Lines):
        return list(widget.lines)
    assert isinstance(widget, ScrollLines)
    return [widget.line_at(y) for y in range(widget.size.height)]


@asynccontextmanager
async def console(
    *targets: str,
    size: tuple[int, int] = (80, 24),
    filtered: str = "",
    source: Source | None = None,
    opener: Opener | None = None,
) -> AsyncIterator[Play]:
    """A running console whose radios have opened, or said why not; `opener` makes its session."""
    app = Console(
        [parse(target) for target in targets],
        Settings(filter=filtered, source=source),
        Look(theme="bletui", ascii=False, slow=False, forced=True),
        opener or (lambda opened, given: Session(opened, clock=given)),
        clock() if isinstance(asyncio.get_running_loop(), VirtualLoop) else None,
    )
    async with piloted(app, size) as pilot:
        play = Play(app, pilot)
        await play.until(lambda: app.session is not None)
        await play.until(lambda: all(j.attachment or j.failure for j in play.session.radios.values()))
        yield play
