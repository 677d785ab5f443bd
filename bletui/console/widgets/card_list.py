"""A list of failures, each one line or its whole card."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.console.cards import Offers
from bletui.console.spans import Line
from bletui.console.troubles import Trouble
from bletui.console.widgets.failures import FailureLines


class Cards(FailureLines):
    """The cursor moves from one to the next, and stays on its failure when others come and go."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's word
        super().__init__(id=id)
        self._troubles: Sequence[Trouble] = ()
        self._otherwise: Sequence[Line] = ()
        self._at = 0
        self._card = (0, 0)  # first and last line of the one under the cursor

    @property
    def chosen(self) -> Trouble | None:
        return self._troubles[self._at] if self._troubles else None

    def hold(self, found: Sequence[Trouble], otherwise: Sequence[Line] = ()) -> None:
        """Shows these failures, or `otherwise` if there is none."""
        before = self.chosen
        self._troubles = found
        self._otherwise = otherwise
        same = (n for n, trouble in enumerate(found) if before is not None and trouble.same == before.same)
        self._select(next(same, self._at))

    def above(self, trouble: Trouble, before: Trouble | None) -> Sequence[Line]:
        """What stands between a failure and the one `before` it."""
        return ()

    def offers(self, trouble: Trouble) -> Offers:
        """What can be done about it here."""
        return ()

    def lay_out(self) -> None:
        lines: list[Line] = []
        first = last = 0
        before = None
        for n, trouble in enumerate(self._troubles):
            above = self.above(trouble, before)
            if n == self._at:
                first = len(lines) + (len(above) if n else 0)
            lines += [*above, *self.card(trouble, selected=n == self._at, offers=self.offers(trouble))]
            if n == self._at:
                last = len(lines) - 1
            before = trouble
        self.show(lines or self._otherwise)
        if (first, last) != self._card:  # else where a page key scrolled to: a card may be longer than the screen
            self._card = first, last
            self.reveal(first, last)

    def _select(self, at: int) -> None:
        self._at = max(0, min(at, len(self._troubles) - 1))
        self.lay_out()

    def action_up(self) -> None:
        self._select(self._at - 1)

    def action_down(self) -> None:
        self._select(self._at + 1)

    def action_first(self) -> None:
        self._select(0)

    def action_last(self) -> None:
        self._select(len(self._troubles) - 1)
