"""The text field of a filter box."""

from __future__ import annotations

from typing import Protocol

from textual.widgets import Input

from bletui.console.commands import bindings


class Closes(Protocol):
    def __call__(self, *, keep: bool) -> None: ...


class FilterInput(Input):
    """Its cursor does not blink, because each blink would be a frame. `close` closes its box, with or without what is
    typed."""

    BINDINGS = bindings("filter")
    place = "filter"

    def __init__(self, close: Closes, value: str = "") -> None:
        super().__init__(value, compact=True)
        self._close = close

    def on_mount(self) -> None:
        self.cursor_blink = False

    def edit(self, text: str) -> None:
        """Takes the focus, its box in sight, with `text` to change."""
        self.screen.add_class("-filtering")
        self.value, self.cursor_position = text, len(text)
        self.screen.set_focus(self)

    def action_accept(self) -> None:
        self._close(keep=True)

    def action_leave(self) -> None:
        self._close(keep=False)
