"""Problems: what is wrong now and what has not worked since it failed, as cards: one line each, unfolded with `e`."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from bletui.console.glyphs import Glyphs
from bletui.console.notices import wrong_lines
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, cell, fit, line, ruled, spread
from bletui.console.status import lane_name
from bletui.console.troubles import not_worked, troubles
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.problem_keys import ProblemKeys
from bletui.log.tally import Tally, Where
from bletui.text import visible

STATISTICS = 8  # lines
_NAME = 18  # columns


class ProblemsScreen(ModeScreen):
    @property
    def focus_name(self) -> str:
        return getattr(self.focused, "place", "problems")

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield ProblemKeys(id="body")
        yield Lines(id="statistics")
        yield Lines(id="configuration")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#body"))

    def paint(self) -> bool:
        if self.is_current:
            self.console_app.unseen.looked(self.console_app.session)
        return super().paint()

    def paint_body(self) -> None:
        session = self.console_app.session
        standing, since = troubles(session), not_worked(session)
        self._paint_status(len(standing), len(since), session.failing.forgotten if session else 0)
        nothing = line(" ", Span("Nothing is wrong now.", "ok"), " Failures of radios, lanes, streams and of what was")
        more = line(" asked for stand here until it works.")
        self.query_one("#body", ProblemKeys).hold([*standing, *since], [line(), nothing, more])
        tally = session.tally if session else Tally()
        below = statistics(tally, self._called, self.size.width, self.console_app.glyphs)
        self.query_one("#statistics", Lines).show(*below)
        wrong = self.console_app.configured.notices.wrong
        rows = wrong_lines(wrong, self.size.width, self.console_app.glyphs.dash)
        self.query_one("#configuration", Lines).show(*rows)

    def _paint_status(self, standing: int, since: int, forgotten: int) -> None:
        right = line(
            Span(f"{standing} now", "warn" if standing else "ok"),
            Span(f", {since} not worked since" if since else "", "warn"),
            Span(f", {forgotten} older forgotten" if forgotten else "", "dim"),
            " ",
        )
        left = self.noted() or line(Span(" Problems", "title"))
        self.query_one("#status", Lines).show(spread(left, right, self.size.width))

    def _called(self, where: Where) -> str:
        """What a person calls the lane or the device."""
        session = self.console_app.session
        if where.address:
            return visible((session.store.called(where.address) if session else None) or where.address)
        joined = session.radios.get(where.radio) if session else None
        return lane_name(where.lane, joined.state.lanes if joined is not None else {})


def statistics(tally: Tally, name_of: Callable[[Where], str], size: int, glyphs: Glyphs) -> list[Line]:
    """What has failed so far, lanes first, the worst on top; what there is no room for is counted."""
    worst = tally.worst()
    if not worst:
        return []
    shown = worst if len(worst) <= STATISTICS else worst[: STATISTICS - 1]
    lines: list[Line] = [ruled((Span("Failed so far", "title"),), size, glyphs.dash)]
    for where, told in shown:
        text = line(" ", Span(cell(name_of(where), _NAME), "strong"), " ", " | ".join(told))
        lines.append(fit(text, size, ellipsis=glyphs.ellipsis))
    if len(shown) < len(worst):
        lines.append(line(Span(f" and {len(worst) - len(shown)} more devices", "dim")))
    return lines
