"""The text field of a filter box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from textual import events
from textual.widgets import Input

from bletui.console.commands import action_of, bindings, of

if TYPE_CHECKING:
    from bletui.console.screens.mode import ModeScreen


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

    async def on_key(self, event: events.Key) -> None:
        """Its commands here and not by their bindings, which are come to a few turns of the loop later: what is typed
        right behind the key that closes the box is no text, but a command."""
        command = next((one for one in of("filter") if event.key in one.keys), None)
        if not self.screen.has_class("-filtering"):
            event.prevent_default()
        elif command is not None:
            event.prevent_default().stop()
            await self.app.run_action(action_of(command), self)

    def edit(self, text: str) -> None:
        """Takes the focus, its box in sight, with `text` to change."""
        self.screen.add_class("-filtering")
        self.value, self.cursor_position = text, len(text)
        self.screen.set_focus(self)

    def done(self) -> None:
        """Its box is closed. The screen gives the focus away at once: a key that is typed behind has to act."""
        self.screen.remove_class("-filtering")
        cast("ModeScreen", self.screen).filter_left()

    def action_accept(self) -> None:
        self._close(keep=True)

    def action_leave(self) -> None:
        self._close(keep=False)
