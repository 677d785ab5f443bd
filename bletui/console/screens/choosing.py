"""A dialogue that offers a list: a cursor, enter, and each line in one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bletui.console.commands import bindings
from bletui.console.screens.dialogue import Dialogue
from bletui.console.settings import THEMES, ThemeName
from bletui.console.spans import Line, Span, cell, cell_len, fit, line

if TYPE_CHECKING:
    from bletui.console.app import Console

MEANT: Mapping[ThemeName, str] = {
    "bletui": "the default, in true colour",
    "ansi": "the terminal's own sixteen colours; fewest bytes",
    "colour-blind": "told apart by every kind of eye",
    "mono": "no colours",
}


class Option(NamedTuple):
    """What is answered, and how it reads; `dim` behind it says more."""

    answer: str
    label: str
    dim: str = ""


class ChoiceDialogue(Dialogue):
    """Answers with the chosen option's answer, or None. `moved` hears each option that the cursor comes to."""

    BINDINGS = bindings("choice")
    place = "choice"

    def __init__(
        self,
        title: str,
        options: Callable[[], Sequence[Option]],
        *,
        start: str = "",
        accept: str = "Choose",
        moved: Callable[[str], None] | None = None,
    ) -> None:
        """`options` may change while it is open: the cursor stays on its answer, else at its place."""
        super().__init__(title, self._rows)
        self._options, self._accept, self._moved = options, accept, moved
        self._answer, self._at = start, 0

    def keys(self) -> Line:
        return line(Span(" enter", "key"), f" {self._accept}  ", Span(" esc", "key"), " Cancel")

    def _rows(self) -> list[Line]:
        """As many as there is room for, around the cursor."""
        options = self._found()
        glyphs = self.console_app.glyphs
        first = max(0, min(self._at - self.lines // 2, len(options) - self.lines))
        size = max((cell_len(option.label) for option in options), default=0)
        return [
            fit(
                line(
                    Span(glyphs.cursor if at == self._at else " ", "key"),
                    Span(f" {cell(option.label, size)}", "strong" if at == self._at else "plain"),
                    Span(f"  {option.dim}", "dim"),
                ),
                self.columns,
                ellipsis=glyphs.ellipsis,
            )
            for at, option in enumerate(options)
        ][first : first + self.lines]

    def _found(self) -> Sequence[Option]:
        """The options as they are now, with the cursor among them."""
        options = self._options()
        answers = [option.answer for option in options]
        self._at = answers.index(self._answer) if self._answer in answers else min(self._at, max(0, len(answers) - 1))
        self._answer = answers[self._at] if answers else ""
        return options

    def _move(self, by: int) -> None:
        options = self._found()
        at = max(0, min(self._at + by, len(options) - 1))
        if options and at != self._at:
            self._answer = options[at].answer
            if self._moved is not None:
                self._moved(self._answer)
        self.paint()

    def action_up(self) -> None:
        self._move(-1)

    def action_down(self) -> None:
        self._move(1)

    def action_accept(self) -> None:
        self._found()
        self.dismiss(self._answer or None)

    def action_leave(self) -> None:
        self.dismiss(None)


def choose_theme(app: Console) -> None:
    """Each is tried as the cursor comes to it; esc brings back the one before."""
    before = app.theme

    def moved(name: str) -> None:
        app.theme = name

    def chosen(name: str | None) -> None:
        app.theme = name or before

    options = [Option(name, name, MEANT[name]) for name in THEMES]
    app.push_screen(ChoiceDialogue("Theme", lambda: options, start=before, moved=moved), chosen)
