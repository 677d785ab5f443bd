"""The keys of the list of alerts."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from bletui.console.commands import BY_ID, bindings
from bletui.console.known import Place
from bletui.console.spans import Line, Span, line
from bletui.console.widgets.rows import Rows


class AlertKeys(Rows, inherit_bindings=False):  # there is no card among them
    BINDINGS = [*bindings("list"), *bindings("alerts")]  # noqa: RUF012  Textual's declaration
    place = "alerts"

    class Removed(Message):
        """One is watched no longer."""

    class Moved(Message):
        """The cursor stands on another one."""

    def move(self, by: int) -> None:
        super().move(by)
        self.post_message(self.Moved())

    def otherwise(self) -> Sequence[Line]:
        key = Span(BY_ID["tree.alert"].shown_key, "key")
        mode = Span(BY_ID["app.gatt"].shown_key, "key")
        return [
            line(),
            line(" ", Span("No value is watched.", "dim")),
            line(" ", key, " on an attribute in GATT (", mode, ") asks when it is worth a bell."),
        ]

    def action_open(self) -> None:
        place = self.watched
        if place is not None:
            self.console_app.gatt(place.radio, place.peer, place.handle)

    def action_remove(self) -> None:
        place = self.watched
        if place is not None:
            self.console_app.values.alerts.watch(place, None, "")
            self.post_message(self.Removed())

    def action_leave(self) -> None:
        self.console_app.switch_mode(self.console_app.values.left)

    @property
    def watched(self) -> Place | None:
        """What is under the cursor."""
        key = self.row.key if self.row is not None else None
        return key if isinstance(key, Place) else None
