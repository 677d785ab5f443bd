"""Connections: lanes with their slots, the links on them, what runs, who waits and what failed."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from bletui.console.links import rows
from bletui.console.linkstrip import failures_here, strip
from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Span, line, spread
from bletui.console.widgets.lines import Lines
from bletui.console.widgets.link_keys import LinkKeys
from bletui.model import Connect, Snapshot
from bletui.text import visible


class ConnectionsScreen(ModeScreen):
    @property
    def focus_name(self) -> str:
        return "links"

    @property
    def pane(self) -> LinkKeys:
        return self.query_one(LinkKeys)

    def body(self) -> ComposeResult:
        yield Lines(id="status")
        yield LinkKeys(id="body")
        yield Lines(id="strip")

    def on_mount(self) -> None:
        self.set_focus(self.pane)

    def connect(self, request: Connect) -> None:
        self.pane.connect(request)

    def paint_body(self) -> None:
        app, pane = self.console_app, self.pane
        radios = list(app.session.radios.values()) if app.session else []
        now = app.clock.wall()
        called = app.session.store.called if app.session else lambda _: None
        shown = rows(
            radios,
            now,
            self.size.width,
            app.glyphs,
            dismissed=pane.dismissed,
            bonds=pane.bonds,
            failing=app.session.failing.now() if app.session else (),
            name_of=lambda address: visible(called(address) or ""),
        )
        pane.hold(list(shown))
        here = app.session.radios[pane.row.radio].state if app.session and pane.row else Snapshot()
        failed = failures_here(app.session.tally, pane.row) if app.session else []
        self.query_one("#strip", Lines).show(*strip(pane.row, here, now, self.size.width, app.glyphs, failed))
        links = [link for joined in radios for link in joined.state.links.values()]
        foreign = sum(bool(link.foreign) for link in links)
        count = f"{len(links)} link" + ("" if len(links) == 1 else "s")
        right = line(count, Span(f", {foreign} foreign" if foreign else "", "warn"), " ")
        left = self.noted() or line(Span(" Connections", "title"))
        self.query_one("#status", Lines).show(spread(left, right, self.size.width))

    @on(LinkKeys.Moved)
    def _moved(self) -> None:
        self.paint()
