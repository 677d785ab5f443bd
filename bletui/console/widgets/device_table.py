"""The device list: rows straight from the listing, one short span repainted per row that changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from bletui.console.columns import STALE, Column, Placed, layout
from bletui.console.commands import bindings
from bletui.console.glyphs import UNICODE, Glyphs
from bletui.console.listing import Sort
from bletui.console.spans import Line, Role, Span, cell, joined, words
from bletui.console.widgets.lines import Area, Lines
from bletui.devices import Device

FRESH = 5.0  # seconds for which a device that was just heard for the first time stands out
_WHOLE: tuple[Role, ...] = ("cursor", "cursor-away", "dim")  # of every cell in the row


class Painted(NamedTuple):
    """A row as it stands on the screen: what seldom changes, what it was made of, and what does change."""

    fixed: Line
    made_of: tuple[object, ...]
    changing: Line
    cursor: bool


class DeviceTable(Area, Widget, can_focus=True):
    """Rows of devices with a cursor that stays on its device. `update` is called once per data frame."""

    BINDINGS = [*bindings("list")]  # noqa: RUF012  Textual's declaration

    def __init__(self, selected: Callable[[], None], laid_out: Callable[[], None]) -> None:
        """`selected` is called when another device is under the cursor, `laid_out` when the columns have their places;
        messages would cost a frame more."""
        super().__init__()
        self._tell = selected
        self._tell_laid_out = laid_out
        self.glyphs: Glyphs = UNICODE
        self.sign: Callable[[Device], str] | None = None  # what stands before a row that a person or a baseline marked
        self.rows: Sequence[Device] = ()
        self.top = 0
        self.cursor = 0
        self.now = 0.0
        self.touched = False  # until the cursor is moved it stays on the first row, whichever device that is
        self._selected: Device | None = None
        self._placed: tuple[Placed, ...] = ()
        self._lanes: tuple[Column, ...] = ()
        self._lanes_first = False
        self._width = 0  # that the columns were laid out for
        self._split = 0
        self._second = 0
        self._changed: Collection[Device] | None = None
        self._shown: list[Device | None] = []
        self._painted: list[Painted | None] = []
        self._fixed = Lines(id="fixed")
        self._changing = Lines(id="changing")  # apart: Textual repaints a widget's line from its left edge on

    def compose(self) -> ComposeResult:
        yield self._fixed
        yield self._changing

    @property
    def selected(self) -> Device | None:
        return self._selected

    @property
    def sight(self) -> tuple[int, Device | None, int]:
        """The row of the cursor, the device that it stays on, and how many rows from there on can be in sight."""
        return self.cursor, self._selected if self.touched else None, self.size.height

    def update(self, rows: Sequence[Device], now: float, changed: Collection[Device] | None = None) -> int:
        """Shows `rows` as of wall time `now`; by how many lines of the screen the row under the cursor had to move.

        `changed`: no other device has. Its row is made anew all the same once a second, for its age.
        """
        if self.size.width != self._width:  # a busy loop does not always tell of a size
            self._lay_out()
        second = int(now)
        self._changed = changed if second == self._second else None
        self.rows, self.now, self._second = rows, now, second
        moved = self._keep_cursor()
        self._repaint()
        self._changed = None
        return moved

    def paint_afresh(self) -> None:
        """Every row at the next update, whatever changed."""
        self._shown = []

    def show_lanes(self, lanes: tuple[Column, ...], *, first: bool) -> None:
        """Columns of single lanes, where there is room, or (`first`) in place of others."""
        if (lanes, first) != (self._lanes, self._lanes_first):
            self._lanes, self._lanes_first = lanes, first
            self._lay_out()

    def row_text(self, y: int) -> str:
        """Line `y` of the screen as it was painted last."""
        painted = self._painted[y] if y < len(self._painted) else None
        return "" if painted is None else words(painted.fixed + painted.changing)

    def heads(self, sort: Sort) -> Line:
        """The line of titles, the sorted one marked."""
        mark = self.glyphs.down if sort.descending else self.glyphs.up
        spans: list[Span] = [Span(" ")]
        for column, _, width in self._placed:
            sorts = (column.id, column.lane) == (sort.column, sort.lane)
            role: Role = "accent" if sorts else "dim"
            if column.right:  # the mark stands in the gap before the column
                gap = spans.pop()
                spans.append(Span(mark, role) if sorts else gap)
                spans.append(Span(cell(column.title, width, right=True), role))
            else:
                spans.append(Span(cell(column.title + mark * sorts, width), role))
            spans.append(Span(" "))
        return tuple(spans)

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        if not self.size.width:
            return
        self._width = self.size.width
        self._placed = layout(self.size.width, self._lanes, lanes_first=self._lanes_first)
        self._split = next((x for column, x, _ in self._placed if column.changing), self.size.width)
        self._changing.styles.width = self.size.width - self._split
        self._painted = []
        self._show_cursor()
        self._repaint()
        self._tell_laid_out()

    # -- moving about

    def move(self, rows: int) -> None:
        """Moves the cursor; from then on it stays on its device."""
        if not self.rows:
            return
        self.touched = True
        self.cursor = min(max(0, self.cursor + rows), len(self.rows) - 1)
        self._selected = self.rows[self.cursor]
        self._show_cursor()
        self._repaint()
        self._tell()

    def action_up(self) -> None:
        self.move(-1)

    def action_down(self) -> None:
        self.move(1)

    def action_page_up(self) -> None:
        self.move(-max(1, self.size.height - 1))

    def action_page_down(self) -> None:
        self.move(max(1, self.size.height - 1))

    def action_first(self) -> None:
        self.move(-len(self.rows))

    def action_last(self) -> None:
        self.move(len(self.rows))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(3)

    def on_click(self, event: events.Click) -> None:
        self.move(self.top + event.y - self.cursor)

    def _keep_cursor(self) -> int:
        """Keeps the cursor on its device and, where scrolling can, the device on its line of the screen."""
        rows, line = self.rows, self.cursor - self.top
        if not rows:
            self.cursor = self.top = 0
            self._selected = None
            return 0
        if self._selected is None or not self.touched:
            self.cursor = min(self.cursor, len(rows) - 1)
            self._selected = rows[self.cursor]
        elif self.cursor >= len(rows) or rows[self.cursor] is not self._selected:
            self._follow()
        self.top = max(0, min(self.cursor - line, len(rows) - self.size.height))
        self._show_cursor()
        return self.cursor - self.top - line

    def _follow(self) -> None:
        try:
            self.cursor = self.rows.index(self._selected)
        except ValueError:  # filtered out or forgotten: whatever stands there now
            self.cursor = min(self.cursor, len(self.rows) - 1)
            self._selected = self.rows[self.cursor]
            self._tell()

    def _show_cursor(self) -> None:
        height = max(1, self.size.height)
        self.top = max(min(self.top, self.cursor), self.cursor - height + 1, 0)

    # -- painting

    def _repaint(self) -> None:
        height = self.size.height
        shown: list[Device | None] = [*self.rows[self.top : self.top + height]]
        shown += [None] * (height - len(shown))
        painted = [self._kept(y, device) or self._paint(y, device) for y, device in enumerate(shown)]
        self._painted, self._shown = painted, shown
        self._fixed.show(*(row.fixed if row else () for row in painted))
        self._changing.show(*(row.changing if row else () for row in painted))

    def _kept(self, y: int, device: Device | None) -> Painted | None:
        """Line `y` as it stands, where nothing about it can have changed."""
        if self._changed is None or device in self._changed or y >= len(self._shown) or self._shown[y] is not device:
            return None
        painted = self._painted[y]
        return None if painted is None or painted.cursor or self.top + y == self.cursor else painted

    def _paint(self, y: int, device: Device | None) -> Painted | None:
        if device is None:
            return None
        cursor = self.top + y == self.cursor
        role = self._role(device, cursor=cursor)
        unknown = device.raw is None and device.fields is None
        sign = self.glyphs.cursor if cursor else self.sign(device) if self.sign is not None else " "
        made_of = (device, role, sign, device.name, device.address_type, device.company, len(device.packed), unknown)
        before = self._painted[y] if y < len(self._painted) else None
        if before is not None and before.made_of == made_of:
            fixed = before.fixed
        else:
            fixed = joined([Span(sign, role), *self._cells(device, role, changing=False)])
        return Painted(fixed, made_of, joined(self._cells(device, role, changing=True)), cursor)

    def _cells(self, device: Device, row: Role, *, changing: bool) -> Iterator[Span]:
        for place in self._placed:
            if place.column.changing is changing:
                yield Span(self._cell(place, device), _role_of(place.column, row))

    def _cell(self, place: Placed, device: Device) -> str:
        column, glyphs = place.column, self.glyphs
        text = column.text(device, self.now, glyphs)
        return cell(text, place.width, right=column.right, ellipsis=glyphs.ellipsis) + " "

    def _role(self, device: Device, *, cursor: bool) -> Role:
        if cursor:
            return "cursor" if self.has_focus else "cursor-away"
        if self.now - device.last_at > STALE:
            return "dim"
        if self.now - device.first_at < FRESH:
            return "accent"
        return "plain" if device.name else "quiet"


def _role_of(column: Column, row: Role) -> Role:
    """A cell's role in a row of that role."""
    if row in _WHOLE:
        return row
    match column.id:
        case "name":
            return row
        case "company":
            return "dim"
        case "signal":
            return "signal"
    return "plain"
