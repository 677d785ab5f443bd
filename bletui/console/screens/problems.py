"""Problems: what is wrong now, as cards: one line each, unfolded with `e`."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult

from bletui.console.cards import headline, unfolded
from bletui.console.commands import bindings
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, line, spread
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.scroll import ScrollLines
from bletui.failure import Failure
from bletui.target import Target


class ProblemsScreen(ModeScreen):
    BINDINGS = bindings("problems")

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.unfolded: set[object] = set()

    @property
    def focus_name(self) -> str:
        return "problems"

    @property
    def problems(self) -> list[Failure]:
        session = self.console_app.session
        return session.problems() if session else []

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield Cards(id="body")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#body"))

    def action_up(self) -> None:
        self._select(self.at - 1)

    def action_down(self) -> None:
        self._select(self.at + 1)

    def action_unfold(self) -> None:
        problems = self.problems
        if problems:
            self.unfolded ^= {_same(problems[min(self.at, len(problems) - 1)])}
            self.paint()

    def action_restart(self) -> None:
        self.console_app.scan()

    def action_reopen(self) -> None:
        self.console_app.open(self.console_app.targets)

    def action_scheme(self) -> None:
        self.console_app.open([other_scheme(target) for target in self.console_app.targets])

    def paint_body(self) -> None:
        problems = self.problems
        self.at = max(0, min(self.at, len(problems) - 1))
        left = line(Span(" Problems", "title"))
        right = line(Span(f"{len(problems)} now ", "warn" if problems else "ok"))
        self.query_one("#status", Lines).show(spread(left, right, self.size.width))
        lines: list[Line] = []
        first = last = 0
        for n, failure in enumerate(problems):
            if n == self.at:
                first = len(lines)
            lines += self._card(failure, selected=n == self.at)
            if n == self.at:
                last = len(lines) - 1
        pane = self.query_one("#body", Cards)
        nothing = line(" ", Span("Nothing is wrong.", "ok"), " Failures of radios, lanes and streams stand here.")
        pane.show(lines or [line(), nothing])
        pane.reveal(first, last)

    def _card(self, failure: Failure, *, selected: bool) -> list[Line]:
        app = self.console_app
        if _same(failure) in self.unfolded:
            return unfolded(failure, self.size.width, app.glyphs, selected=selected)
        return [headline(failure, self.size.width, app.glyphs, selected=selected)]

    def _select(self, at: int) -> None:
        self.at = at
        self.paint()


_SCHEMES = {"cassia": "cassia+https", "cassia+https": "cassia"}


def other_scheme(target: Target) -> Target:
    """The same router over https instead of http, or the other way round; any other target as it is."""
    return replace(target, scheme=_SCHEMES.get(target.scheme, target.scheme))


class Cards(ScrollLines, inherit_bindings=False):
    """Scrolled by the selection, so the movement keys stay the screen's."""


def _same(failure: Failure) -> object:
    """What makes two failures the same problem, whatever their time and attempt."""
    return failure.kind, failure.radio, failure.lane, failure.address, failure.operation
