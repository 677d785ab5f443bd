"""The letters that sort, for the one key press that it takes to choose a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message

from bletui.console.columns import BY_ID, COLUMNS, ColumnId
from bletui.console.commands import bindings
from bletui.console.listing import Sort
from bletui.console.spans import Span
from bletui.console.widgets.lines import Lines

LETTERS = {column.letter: column for column in COLUMNS if column.letter}


class SortBar(Lines, can_focus=True):
    """Stands in the place of the status line until a letter or esc was pressed."""

    # Bindings and not `on_key`: Textual sends a key to whatever has the focus when it arrives, and finds its binding
    # when its turn has come; only so a letter typed right behind the `s` is still meant for this bar.
    BINDINGS = [  # noqa: RUF012  Textual's declaration
        *bindings("sort"),
        *(Binding(letter, f"by('{column.id}')", column.title, show=False) for letter, column in LETTERS.items()),
    ]
    place = "sort"

    @dataclass
    class Chosen(Message):
        """A column was chosen; the one that sorts already is turned round."""

        sort: Sort

    class Left(Message):
        """The bar was closed."""

    def __init__(self) -> None:
        super().__init__()
        self._now = Sort()

    def choose(self, now: Sort) -> None:
        """Opens the bar; `now` is the order in force."""
        self._now = now
        self.show(tuple(_words(now)))
        self.screen.add_class("-sorting")
        self.screen.set_focus(self)

    def action_leave(self) -> None:
        self.screen.remove_class("-sorting")
        self.post_message(self.Left())

    def action_by(self, column_id: ColumnId) -> None:
        column = BY_ID[column_id]
        same = column.id == self._now.column
        descending = not self._now.descending if same else column.descending
        self.post_message(self.Chosen(Sort(column.id, descending)))
        self.action_leave()


def _words(now: Sort) -> Iterator[Span]:
    yield Span(" sort by ", "dim")
    for letter, column in LETTERS.items():
        yield Span(f" {letter}", "key")
        yield Span(f" {column.title}", "strong" if column.id == now.column else "plain")
