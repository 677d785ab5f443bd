"""Doctor: the ladder of one radio's target, rung by rung as each becomes known."""

from __future__ import annotations

from collections.abc import Iterator

from textual import work

from bletui import doctor
from bletui.config.environment import env
from bletui.console.cards import unfolded
from bletui.console.screens.page import PageScreen
from bletui.console.spans import Line, Role, Span, line, ruled, wrapped
from bletui.model import Rung, RungState
from bletui.target import Target

_ROLES: dict[RungState, Role] = {"ok": "ok", "warn": "warn", "fail": "error", "skipped": "dim"}
_STATE = 9  # columns


class DoctorScreen(PageScreen):
    def __init__(self, radio: str, target: Target) -> None:
        super().__init__()
        self._radio, self._target = radio, target
        self._rungs: list[Rung] = []
        self._climbed = False

    def on_mount(self) -> None:
        super().on_mount()
        self.climb()

    @work
    async def climb(self) -> None:
        app = self.console_app
        given = env(self._radio, app.clock, references=app.settings.config.credentials)
        async for rung in doctor.climb(self._target, given):
            self._rungs.append(rung)
            self.turn()
        self._climbed = True
        self.turn()

    def page_lines(self, size: int) -> Iterator[Line]:
        glyphs = self.console_app.glyphs
        yield ruled((Span(f"Doctor: {str(self._target).partition('?')[0]}", "title"),), size, glyphs.dash)
        for rung in self._rungs:
            yield from _rung_lines(rung, size)
        yield line()
        broken = doctor.Ladder(str(self._target), tuple(self._rungs)).broken
        if broken is not None:
            yield line(" first broken rung: ", Span(broken.name, "error"))
            if broken.failure is not None:
                yield ()
                yield from unfolded(broken.failure, size, glyphs, selected=False, besides=doctor.ACTION)
        elif self._climbed:
            yield line(" ", Span("The ladder holds.", "ok"))
        else:
            yield line(" ", Span("climbing …", "dim"))
        yield line(" ", Span("esc", "key"), " leaves this page.")


def _rung_lines(rung: Rung, size: int) -> Iterator[Line]:
    """State and name with the evidence, which goes on below where it is long."""
    text = doctor.rung_line(rung).strip().removeprefix(rung.state).strip()
    first, *rest = wrapped(text, size - _STATE - 2) or [""]
    yield line(" ", Span(f"{rung.state:<{_STATE}}", _ROLES[rung.state]), first)
    for more in rest:
        yield line(" " * (_STATE + 3), more)
