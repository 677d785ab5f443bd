"""Problems: what is wrong now, as cards: one line each, unfolded with `e`."""

from __future__ import annotations

from textual.app import ComposeResult

from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Span, line, spread
from bletui.console.widgets.failures import Cards, troubles
from bletui.console.widgets.lines import Lines


class ProblemsScreen(ModeScreen):
    @property
    def focus_name(self) -> str:
        return "card"

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield Cards(id="body")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#body"))

    def paint_body(self) -> None:
        found = troubles(self.console_app.session)
        left = line(Span(" Problems", "title"))
        right = line(Span(f"{len(found)} now ", "warn" if found else "ok"))
        self.query_one("#status", Lines).show(spread(left, right, self.size.width))
        nothing = line(" ", Span("Nothing is wrong.", "ok"), " Failures of radios, lanes and streams stand here.")
        self.query_one("#body", Cards).hold(found, [line(), nothing])
