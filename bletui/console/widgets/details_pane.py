"""The device under the cursor, taken apart; scrolled when it has the focus."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from bletui.console.commands import bindings
from bletui.console.widgets.scroll import ScrollLines


class DetailsPane(ScrollLines):
    BINDINGS = bindings("details")
    place = "details"

    class Left(Message):
        """Back to the list."""

    @dataclass
    class Turned(Message):
        """To the device `by` rows further on."""

        by: int

    def action_next(self) -> None:
        self._turn(1)

    def action_previous(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        self.top = 0
        self.post_message(self.Turned(by))

    def action_leave(self) -> None:
        self.top = 0
        self.post_message(self.Left())
