"""Rows with a cursor, each failure below what failed."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.console.cards import Offers
from bletui.console.links import Row
from bletui.console.spans import Line, Span, line
from bletui.console.troubles import Trouble
from bletui.console.widgets.failures import FailureLines

INDENT = 4  # columns before a failure's words


class Rows(FailureLines):
    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._at = 0

    @property
    def row(self) -> Row | None:
        """The one under the cursor."""
        return self._rows[self._at] if self._at < len(self._rows) and self._rows[self._at].key else None

    @property
    def chosen(self) -> Trouble | None:
        row = self.row
        return None if row is None or row.failure is None else Trouble(row.radio, row.failure)

    @property
    def radio_here(self) -> str:
        return self.row.radio if self.row is not None else ""

    @property
    def lane_here(self) -> str:
        return self.row.lane or "" if self.row is not None else ""

    def hold(self, rows: Sequence[Row]) -> None:
        """Shows these rows; the cursor stays on what it stood on, or goes on with its device where that has become
        something else: what connects is a link, a link is lost. At first it stands on a link of ours."""
        before, first = self.row, not self._rows
        self._rows = rows
        same = [n for n, row in enumerate(rows) if before and (row.radio, row.key) == (before.radio, before.key)]
        if not same and before is not None and before.address:
            here = (before.radio, before.address)
            same = [n for n, row in enumerate(rows) if row.key is not None and (row.radio, row.address) == here]
        if first:
            same = [n for n, row in enumerate(rows) if row.key is not None and row.link and not row.link.foreign]
        self._at = same[0] if same else self._near(min(self._at, max(0, len(rows) - 1)), 1)
        self.lay_out()

    def lay_out(self) -> None:
        lines: list[Line] = []
        first = last = 0
        for n, row in enumerate(self._rows):
            if n == self._at:
                first = len(lines)
            lines.append(self._marked(row, selected=n == self._at))
            if row.failure is not None:
                trouble = Trouble(row.radio, row.failure)
                card = self.card(trouble, selected=False, indent=INDENT, offers=self.offers(row))
                lines += [line(" " * INDENT, *one) for one in card]
            if n == self._at:
                last = len(lines) - 1
        self.show(lines or self.otherwise())
        self.reveal(first, last)

    def offers(self, row: Row) -> Offers:
        """What can be done here about the failure of that row."""
        return ()

    def otherwise(self) -> Sequence[Line]:
        """What stands there while there is no row."""
        return [line(), line(" ", Span("No radio is open yet.", "dim"))]

    def select(self, key: object) -> bool:
        """Puts the cursor on what is called so; False if it is not there."""
        found = [n for n, row in enumerate(self._rows) if row.key == key]
        self._at = found[0] if found else self._at
        self.lay_out()
        return bool(found)

    def _marked(self, row: Row, *, selected: bool) -> Line:
        if not selected or not row.line:
            return row.line
        head, *rest = row.line
        return line(Span(self.console_app.glyphs.cursor, "key"), Span(head.text[1:], head.role), *rest)

    def _near(self, at: int, step: int) -> int:
        """The next row from `at` on that can be chosen, else the nearest before it."""
        there = [n for n, row in enumerate(self._rows) if row.key is not None]
        after = [n for n in there if (n - at) * step >= 0]
        return min(after or there, key=lambda n: abs(n - at), default=0)

    def move(self, by: int) -> None:
        step = 1 if by > 0 else -1
        wanted = max(0, min(self._at + by, len(self._rows) - 1))
        found = self._near(wanted, step)
        self._at = found if (found - self._at) * step > 0 else self._at
        self.lay_out()
