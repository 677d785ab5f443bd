"""The letters that sort, and digits for single lanes, for the one key press that it takes to choose a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from textual.binding import Binding

from bletui.console.columns import BY_ID, COLUMNS, Column, ColumnId
from bletui.console.commands import bindings
from bletui.console.listing import Sort
from bletui.console.spans import Line, Span, joined, width
from bletui.console.widgets.lines import Lines

LETTERS = {column.letter: column for column in COLUMNS if column.letter}
DIGITS = "123456789"


class SortBar(Lines, can_focus=True):
    """Stands in the place of the status line and the titles until a letter or esc was pressed."""

    # Bindings and not `on_key`: Textual sends a key to whatever has the focus when it arrives, and finds its binding
    # when its turn has come; only so a letter typed right behind the `s` is still meant for this bar.
    BINDINGS = [  # noqa: RUF012  Textual's declaration
        *bindings("sort"),
        *(Binding(letter, f"by('{column.id}')", column.title, show=False) for letter, column in LETTERS.items()),
        *(Binding(digit, f"by_lane({digit})", "a lane", show=False) for digit in DIGITS),
    ]
    place = "sort"

    def __init__(self, chosen: Callable[[Sort, str], None], left: Callable[[], None]) -> None:
        """`chosen` is told the order, the one in force turned round, and what its column is called; `left` that the bar
        is closed. No messages: what is typed right behind its key is meant for the list."""
        super().__init__()
        self._tell_chosen, self._tell_left = chosen, left
        self._now = Sort()
        self._lanes: Sequence[Column] = ()

    def choose(self, now: Sort, lanes: Sequence[Column] = ()) -> None:
        """Opens the bar; `now` is the order in force, `lanes` the columns of single lanes."""
        self._now, self._lanes = now, lanes
        self.show(*_lines(_words(now, lanes), self.screen.size.width))
        self.screen.add_class("-sorting")
        self.screen.set_focus(self)

    def on_blur(self) -> None:
        """Also where a key of the screen took the focus elsewhere."""
        self.screen.remove_class("-sorting")

    def action_leave(self) -> None:
        self.screen.remove_class("-sorting")
        self._tell_left()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A digit without a lane keeps its meaning everywhere else."""
        return action != "by_lane" or int(str(parameters[0])) <= len(self._lanes)

    def action_by(self, column_id: ColumnId) -> None:
        self._choose(BY_ID[column_id])

    def action_by_lane(self, number: int) -> None:
        self._choose(self._lanes[number - 1])

    def _choose(self, column: Column) -> None:
        same = (column.id, column.lane) == (self._now.column, self._now.lane)
        descending = not self._now.descending if same else column.descending
        self._tell_chosen(Sort(column.id, descending, column.lane), column.title)
        self.action_leave()


def _words(now: Sort, lanes: Sequence[Column]) -> Iterator[Line]:
    yield (Span(" sort by ", "dim"),)
    for key, column in (*LETTERS.items(), *zip(DIGITS, lanes, strict=False)):
        chosen = (column.id, column.lane) == (now.column, now.lane)
        yield (Span(f" {key}", "key"), Span(f" {column.title}", "strong" if chosen else "plain"))


def _lines(words: Iterator[Line], size: int) -> Iterator[Line]:
    """As many of the words to a line as fit."""
    row: Line = ()
    for word in words:
        if width(row) + width(word) > size:
            yield joined(row)
            row = ()
        row += word
    yield joined(row)
