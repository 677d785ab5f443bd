"""Connections: lanes with their slots and links. Connecting itself is not built yet, and the screen says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Line, Span, cell, line, ruled
from bletui.console.status import lane_name, short_name
from bletui.console.widgets.scroll import ScrollLines
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.session import Joined

NOT_BUILT = "This version scans. It makes no connections yet: queue, attempts and links will stand here."


class ConnectionsScreen(ModeScreen):
    @property
    def focus_name(self) -> str:
        return "lanes"

    def body(self) -> ComposeResult:
        yield ScrollLines(id="body")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#body"))

    def paint_body(self) -> None:
        app = self.console_app
        lines = [line(), line(" ", Span(NOT_BUILT, "warn")), line()]
        for joined in app.session.radios.values() if app.session else ():
            lines += radio_lines(joined, self.size.width, app.glyphs.dash)
        self.query_one("#body", ScrollLines).show(lines)


def radio_lines(joined: Joined, size: int, dash: str) -> Iterator[Line]:
    """A radio's lanes with slots used and at most, why one can't connect, and the links that exist."""
    yield ruled((Span(short_name(joined.name), "title"),), size, dash)
    if joined.failure:
        yield line(" ", Span(f"{joined.failure.kind.code} {joined.failure.kind.title}", "error"))
    lanes = joined.state.lanes
    for changed in lanes.values():
        lane = changed.lane
        known = lane.slots_max is not None
        slots = f"{lane.slots_used or 0}/{lane.slots_max} slots" if known else "slots not known"
        why = f"{lane.usable.kind.code} {lane.usable.kind.value}" if lane.usable else lane.cannot.get("connect", "")
        yield line(" ", cell(lane_name(lane.id, lanes), 20), cell(slots, 17), Span(visible(why), "dim"))
    for link in joined.state.links.values():
        whose = "foreign" if link.foreign else "own"
        yield line("   ", Span(visible(link.peer.address), "strong"), f" {link.state}, {whose}")
