"""Problems: what is wrong now, as cards: one line each, unfolded with `e`."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from bletui.console.glyphs import Glyphs
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, cell, fit, line, ruled, spread
from bletui.console.status import lane_name
from bletui.console.widgets.failures import Cards, troubles
from bletui.console.widgets.lines import Lines
from bletui.log.tally import Tally, Where
from bletui.text import visible

STATISTICS = 8  # lines
_NAME = 18  # columns


class ProblemsScreen(ModeScreen):
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
        session = self.console_app.session
        tally = session.tally if session else Tally()
        below = statistics(tally, self._called, self.size.width, self.console_app.glyphs)
        self.query_one("#statistics", Lines).show(*below)

    def _called(self, where: Where) -> str:
        """What a person calls the lane or the device."""
        session = self.console_app.session
        if where.address:
            device = session.store.devices.get(where.address) if session else None
            return visible((device.name if device is not None else None) or where.address)
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
