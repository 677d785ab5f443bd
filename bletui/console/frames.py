"""The beat of data frames, and the end: both wait for the terminal's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bletui.console import terminal
from bletui.console.pace import FramePace
from bletui.console.updates import forget_the_gone, send

if TYPE_CHECKING:
    from bletui.console.app import Console


LOOK = 0.03  # seconds between two looks for what is waited for
HURRY = 2.0  # seconds after which it can wait for a beat as well


class Frames:
    """Paints when the terminal has taken the frame before, and leaves when it has answered the last query."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self._pace = FramePace(app.look.frames, start=app.clock.monotonic(), forced=app.look.forced)
        self._leaving: int | None = None  # the exit code, once leaving has begun

    def beat(self) -> None:
        forget_the_gone()
        now = self._app.clock.monotonic()
        if self._pace.due(now) and self._app.paint():
            self._pace.painted(now)
            if send(self._app.screen):
                terminal.ask(self._app)
            else:
                self._app.call_after_refresh(terminal.ask, self._app)
        elif self._pace.ask_again(now):
            terminal.ask(self._app)

    def hurry(self, come: Callable[[], bool]) -> None:
        """Paints as soon as something has `come`, and not a beat later: who opens a console waits for that."""

        def look() -> None:
            if come() and self._pace.soon():
                looking.stop()
                self._app.beat()

        looking = self._app.set_interval(LOOK, look, repeat=round(HURRY / LOOK))

    def answered(self) -> None:
        self._pace.answered()
        if self._leaving is not None:
            self._app.exit(return_code=self._leaving)

    def resumed(self) -> None:
        """After ctrl+z and fg: Textual itself repaints nothing then."""
        self._pace.resumed()
        self._app.refresh(layout=True)

    def leave(self, code: int) -> None:
        """Ends when the terminal has answered: what it answered later would be typed into the shell."""
        self._leaving = code
        self._pace.stop()
        if self._pace.waiting:
            self._app.set_timer(terminal.LAST_ANSWER, lambda: self._app.exit(return_code=code))
        else:
            self._app.exit(return_code=code)
