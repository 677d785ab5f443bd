"""A page over a mode: text to read, scrolled, left with esc."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen

from bletui.console.commands import bindings
from bletui.console.spans import Line
from bletui.console.widgets.scroll import ScrollLines

if TYPE_CHECKING:
    from bletui.console.app import Console


class PageScreen(Screen[None]):
    """`page_lines` are made again for every width."""

    BINDINGS = bindings("help")

    @property
    def console_app(self) -> Console:
        return cast("Console", self.app)

    def page_lines(self, size: int) -> Iterable[Line]:
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield ScrollLines(id="body")

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#body"))

    def on_resize(self) -> None:
        self.turn()

    def turn(self) -> None:
        """Shows the page as it reads now."""
        if self.size.width:
            self.query_one("#body", ScrollLines).show(list(self.page_lines(self.size.width)))

    def action_leave(self) -> None:
        self.dismiss()
