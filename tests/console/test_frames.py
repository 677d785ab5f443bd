"""What is waited for is painted when it comes, not with the beat after; never over a frame that is on its way."""

from __future__ import annotations

import pytest
from textual.app import App

from bletui.clock import Clock
from bletui.console.frames import Frames
from bletui.console.settings import Look
from tests.waiting import until


class Painter(App[None]):
    """The part of a console that frames need; its time stands still."""

    look = Look(theme="bletui", ascii=False, slow=False)
    clock = Clock(wall=lambda: 0.0, monotonic=lambda: 0.0)

    def __init__(self) -> None:
        super().__init__()
        self.painted = 0
        self.looks = 0
        self.come = False
        self.frames = Frames(self)  # type: ignore[arg-type]

    def beat(self) -> None:
        self.frames.beat()

    def paint(self) -> bool:
        self.painted += 1
        return True

    def hurry(self) -> None:
        def look() -> bool:
            self.looks += 1
            return self.come

        self.frames.hurry(look)


async def test_what_has_come_is_painted_once_although_no_frame_is_due() -> None:
    app = Painter()
    async with app.run_test():
        app.beat()
        app.beat()
        assert app.painted == 1
        app.hurry()
        await until(lambda: app.looks == 2)
        assert app.painted == 1
        app.come = True
        await until(lambda: app.painted == 2)
        app.beat()
        assert app.painted == 2


async def test_it_waits_for_the_frame_that_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bletui.console.terminal.ask", lambda app: None)  # only this test answers
    app = Painter()
    async with app.run_test():
        app.frames.answered()
        app.beat()
        app.come = True
        app.hurry()
        await until(lambda: app.looks == 3)
        assert app.painted == 1
        app.frames.answered()
        await until(lambda: app.painted == 2)
