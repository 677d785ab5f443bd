"""Lines of spans on the screen: what changed is repainted, nothing else is sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual.containers import Horizontal, Vertical
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from bletui.console.spans import Line, Span, width
from bletui.console.updates import mark

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.console.themes import Palette


class Area:
    """A container that shows nothing of its own: blanks, without looking up styles for them in every frame."""

    def render_lines(self, crop: Region) -> list[Strip]:
        return [_blank(crop.width)] * crop.height


class Beside(Area, Horizontal):
    """Widgets side by side."""


class Stacked(Area, Vertical):
    """Widgets one under the other."""


@lru_cache(maxsize=16)
def _blank(width: int) -> Strip:
    return Strip.blank(width)


class LineWidget(Widget):
    """Paints `line_at(y)` in the colours of the theme; a line that is the same object as before is not made anew.

    It has no border, padding or opacity: not looking for them halves a frame's cost.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._drawn: dict[int, tuple[Line, Palette, int, Strip]] = {}

    @property
    def console_app(self) -> Console:
        return cast("Console", self.app)

    @property
    def size(self) -> Size:
        """Cells; without border and padding the whole widget, which Textual need not look up in its map."""
        return self.outer_size

    def line_at(self, y: int) -> Line:
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        palette, width = self.console_app.palette, self.size.width
        strips = [self._strip(y, palette, width) for y in crop.line_range]
        return strips if crop.column_span == (0, width) else [strip.crop(*crop.column_span) for strip in strips]

    def _strip(self, y: int, palette: Palette, size: int) -> Strip:
        line, drawn = self.line_at(y), self._drawn.get(y)
        if drawn is not None and drawn[0] is line and drawn[1] is palette and drawn[2] == size:
            return drawn[3]
        segments = [Segment(text, palette[role]) for text, role in line]
        for each in self.get_line_filters():
            segments = each.apply(segments, self.styles.background)
        strip = Strip(segments).adjust_cell_length(size)
        self._drawn[y] = (line, palette, size, strip)
        return strip


class Lines(LineWidget):
    """A few lines, set whole; as high as `height` in the style sheet, or as the lines are with `auto`."""

    def __init__(self, lines: Sequence[Line] = (), *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = tuple(lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    def show(self, *lines: Line) -> None:
        before, self._lines = self._lines, lines
        if before == lines:
            self._lines = before  # the same objects: nothing to be drawn anew
            return
        if len(before) != len(lines) and self.styles.height is not None and self.styles.height.is_auto:
            self.refresh(layout=True)
        for y in range(max(len(before), len(lines))):
            self._repaint(y, before[y] if y < len(before) else (), lines[y] if y < len(lines) else ())

    def line_at(self, y: int) -> Line:
        return self._lines[y] if y < len(self._lines) else ()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines)

    def _repaint(self, y: int, before: Line, after: Line) -> None:
        if before != after:
            start, end = changed_cells(before, after)
            mark(self, Region(start, y, max(1, end - start), 1))


def changed_cells(before: Line, after: Line) -> tuple[int, int]:
    """From which cell up to which one two lines differ."""
    head = _common(before, after)
    start = width(before[:head])
    if head < len(before) and head < len(after):
        start += _common_text(before[head], after[head])
    length = max(width(before), width(after))
    if width(before) != width(after):
        return start, length
    tail = _common(before[head:][::-1], after[head:][::-1])
    return start, length - width(after[len(after) - tail :])


def _common(a: Sequence[Span], b: Sequence[Span]) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _common_text(a: Span, b: Span) -> int:
    """Cells at the front that two spans of one role share; only where each character is one cell."""
    if a.role != b.role or not (a.text.isascii() and b.text.isascii()):
        return 0
    shorter = min(len(a.text), len(b.text))
    return next((i for i, (x, y) in enumerate(zip(a.text, b.text, strict=False)) if x != y), shorter)
