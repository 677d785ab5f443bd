"""The lines of the log in sight, with a cursor; made into words only there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

from textual.message import Message

from bletui.console.logview import LogView
from bletui.console.spans import Line, Span
from bletui.console.widgets.scroll import ScrollLines
from bletui.log import Entry
from bletui.log.naming import with_names
from bletui.log.narration import NO_NAMES, log_parts


class LogPane(ScrollLines):
    """`view` says what is shown; without one, `otherwise` stands there."""

    class Moved(Message):
        """The cursor stands on another line, or something about the lines changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self.view: LogView | None = None
        self.lanes: Mapping[str, str] = NO_NAMES  # what they are called, by id
        self._top_number = 0
        self._otherwise: Sequence[Line] = ()

    def hold(self, view: LogView | None, otherwise: Sequence[Line] = ()) -> None:
        self.view, self._otherwise = view, otherwise
        self.lay_out()

    def lay_out(self) -> None:
        """What stood at the top stays there, as long as the cursor is in sight."""
        view = self.view
        if view is None or not view.numbers:
            self._lines = self._otherwise
            self.reveal(0, 0)
            return
        glyphs, session = self.console_app.glyphs, self.console_app.session
        several = session is None or len(session.radios) > 1
        own = self.console_app.settings.config.addresses
        self._lines = LogLines(view, glyphs.cursor, glyphs.column, radio=several, lanes=self.lanes, own=own)
        self.top = min(view.position(self._top_number), self._last_top())
        at = view.position(view.cursor)
        self.reveal(at, at)
        self._top_number = view.numbers[self.top]

    @property
    def fresh(self) -> int:
        """Lines that came while it was held, and are still below what is in sight."""
        return self.view.fresh_after(self.top + self.size.height - 1) if self.view is not None else 0

    def scroll_by(self, lines: int) -> None:
        """Moves the cursor; by more than a line, what is in sight goes along."""
        view = self.view
        if view is None or not view.numbers:
            return
        view.move(lines)
        if abs(lines) > 1:
            top = max(0, min(view.position(self._top_number) + lines, self._last_top()))
            self._top_number = view.numbers[top]
        self.moved()

    def moved(self) -> None:
        self.lay_out()
        self.post_message(self.Moved())

    def action_last(self) -> None:
        if self.view is not None:
            self.view.last()
            self.moved()


class LogLines(Sequence[Line]):
    """The lines of a view, each made when it is asked for; the cursor and what is selected marked at the left."""

    def __init__(
        self,
        view: LogView,
        cursor: str,
        bar: str,
        *,
        radio: bool,
        lanes: Mapping[str, str],
        own: Mapping[str, str] = NO_NAMES,
    ) -> None:
        self._view, self._cursor, self._bar, self._radio, self._lanes = view, cursor, bar, radio, lanes
        self._own = own
        first, last = view.span
        self._marked = range(first, last + 1) if view.anchor is not None else range(0)

    def __len__(self) -> int:
        return len(self._view.numbers)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> list[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | list[Line]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        number = self._view.numbers[at]
        sign = self._cursor if number == self._view.cursor else self._bar if at in self._marked else ""
        return log_line(self._view.log.entry(number), sign, self._lanes, radio=self._radio, own=self._own)


def log_line(
    entry: Entry,
    sign: str = "",
    lanes: Mapping[str, str] = NO_NAMES,
    *,
    radio: bool = True,
    own: Mapping[str, str] = NO_NAMES,
) -> Line:
    """One entry; `sign` stands in its first cell; `own`: a person's names for devices, by address."""
    first, *rest = (Span(with_names(text, own), tone) for text, tone in log_parts(entry, lanes, radio=radio))
    return (first, *rest) if not sign else (Span(sign, "key"), Span(first.text[1:], first.role), *rest)
