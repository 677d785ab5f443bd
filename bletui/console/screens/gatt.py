"""GATT: not built yet, and the screen says so."""

from __future__ import annotations

from textual.app import ComposeResult

from bletui.console.screens.mode import ModeScreen
from bletui.console.spans import Span, line
from bletui.console.widgets.scroll import ScrollLines

NOT_BUILT = (
    "This version scans. It connects to nothing yet, so there is no attribute table to show.",
    "The advertisement of a device stands in Scan (1), under Details (enter).",
)


class GattScreen(ModeScreen):
    @property
    def focus_name(self) -> str:
        return "tree"

    def body(self) -> ComposeResult:
        yield ScrollLines(id="body")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#body"))

    def paint_body(self) -> None:
        first, second = NOT_BUILT
        self.query_one("#body", ScrollLines).show([line(), line(" ", Span(first, "warn")), line(" ", second)])
