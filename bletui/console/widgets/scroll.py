"""More lines than fit: scrolled by whole lines, without a scrollbar, whose cells would be repainted with every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region
from textual.message import Message

from bletui.console.commands import bindings
from bletui.console.spans import Line, fit
from bletui.console.updates import mark
from bletui.console.widgets.lines import LineWidget, changed_cells


class ScrollLines(LineWidget, can_focus=True):
    """Shows `lines` from `top` on; `follow` keeps the last line in sight."""

    BINDINGS = [*bindings("list")]  # noqa: RUF012  Textual's declaration

    @dataclass
    class Noted(Message):
        """Something to say in the status line."""

        words: str

    def note(self, words: str) -> None:
        self.post_message(self.Noted(words))

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._painted: list[Line] = []
        self.top = 0
        self.follow = False

    @property
    def lines(self) -> Sequence[Line]:
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Replaces the lines; those in sight that differ are repainted."""
        self._lines = lines
        self.top = self._last_top() if self.follow else min(self.top, self._last_top())
        self._repaint()

    def line_at(self, y: int) -> Line:
        return self._painted[y] if y < len(self._painted) else ()

    def scroll_by(self, lines: int) -> None:
        self.follow = False
        self.top = max(0, min(self.top + lines, self._last_top()))
        self._repaint()

    def reveal(self, first: int, last: int) -> None:
        """Scrolls as little as brings lines `first` to `last` into sight, the first in any case."""
        self.top = max(0, min(first, max(self.top, last + 1 - self.size.height)))
        self._repaint()

    def move(self, by: int) -> None:
        """As the keys do; where there is a cursor, that is what they move."""
        self.scroll_by(by)

    def action_up(self) -> None:
        self.move(-1)

    def action_down(self) -> None:
        self.move(1)

    def action_page_up(self) -> None:
        self.move(1 - self.size.height)

    def action_page_down(self) -> None:
        self.move(self.size.height - 1)

    def action_first(self) -> None:
        self.move(-len(self._lines))

    def action_last(self) -> None:
        self.move(len(self._lines))

    def on_resize(self) -> None:
        self.top = self._last_top() if self.follow else min(self.top, self._last_top())
        self._painted = []
        self._repaint()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_by(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_by(3)

    def _last_top(self) -> int:
        return max(0, len(self._lines) - self.size.height)

    def _repaint(self) -> None:
        size, height = self.size
        painted = [fit(line, size) for line in self._lines[self.top : self.top + height]]
        painted += [()] * (height - len(painted))
        before, self._painted = self._painted, painted
        for y, after in enumerate(painted):
            old = before[y] if y < len(before) else ()
            if old == after:
                painted[y] = old  # the same object: not drawn anew
            else:
                start, end = changed_cells(old, after)
                mark(self, Region(start, y, max(1, end - start), 1))
