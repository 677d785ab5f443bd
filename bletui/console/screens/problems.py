"""Problems: what is wrong now, as cards: one line each, unfolded with `e`."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult

from bletui.console.catchup import CatchUp
from bletui.console.glyphs import Glyphs
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, cell, fit, line, ruled, spread
from bletui.console.status import lane_name
from bletui.console.tally import Tally
from bletui.console.widgets.failures import Cards, troubles
from bletui.console.widgets.lines import Lines
from bletui.model import LaneChanged
from bletui.text import visible

STATISTICS = 8  # lines
_NAME = 18  # columns


class ProblemsScreen(ModeScreen):
    def __init__(self) -> None:
        super().__init__()
        self._log, self._tally = CatchUp(), Tally()

    @property
    def focus_name(self) -> str:
        return "card"

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield Cards(id="body")
        yield Lines(id="statistics")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#body"))

    def paint_body(self) -> None:
        found = troubles(self.console_app.session)
        left = line(Span(" Problems", "title"))
        right = line(Span(f"{len(found)} now ", "warn" if found else "ok"))
        self.query_one("#status", Lines).show(spread(left, right, self.size.width))
        nothing = line(" ", Span("Nothing is wrong now.", "ok"), " Failures of radios, lanes and streams stand here.")
        self.query_one("#body", Cards).hold(found, [line(), nothing])
        self._tally.note(self._log.fresh(self.console_app.session))
        below = statistics(self._tally, self._lanes(), self.size.width, self.console_app.glyphs)
        self.query_one("#statistics", Lines).show(*below)

    def _lanes(self) -> dict[str, LaneChanged]:
        session = self.console_app.session
        radios = session.radios.values() if session else ()
        return {lane: changed for joined in radios for lane, changed in joined.state.lanes.items()}


def statistics(tally: Tally, lanes: Mapping[str, LaneChanged], size: int, glyphs: Glyphs) -> list[Line]:
    """What has failed so far, lanes first, the worst on top; what there is no room for is counted."""
    worst = tally.worst()
    if not worst:
        return []
    shown = worst if len(worst) <= STATISTICS else worst[: STATISTICS - 1]
    lines: list[Line] = [ruled((Span("Failed so far", "title"),), size, glyphs.dash)]
    for where, told in shown:
        name = visible(where.address) if where.address else lane_name(where.lane, lanes)
        text = line(" ", Span(cell(name, _NAME), "strong"), " ", " | ".join(told))
        lines.append(fit(text, size, ellipsis=glyphs.ellipsis))
    if len(shown) < len(worst):
        lines.append(line(Span(f" and {len(worst) - len(shown)} more devices", "dim")))
    return lines
