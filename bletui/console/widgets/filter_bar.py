"""A filter being typed: applied as it is written, wrong places pointed at, the last good one kept."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from bletui.console.spans import Line, Span, fit, line, spread
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.lines import Lines
from bletui.filters import FilterError

PROMPT = " / "
Wanted = TypeVar("Wanted")


class FilterBar(Vertical, Generic[Wanted]):
    """Two lines over what stands there otherwise; `expression` is the filter in force, `wanted` what it means.

    A language says how it is `parsed`, what an expression stands for beyond its words, and gives an example.
    """

    HINT = ""
    LANGUAGE: ClassVar[tuple[tuple[str, str], ...]] = ()  # what can be typed, and what it means

    class Changed(Message):
        """Another filter is in force."""

    def __init__(self, expression: str = "") -> None:
        super().__init__()
        self.expression = ""
        self.wanted: Wanted | None = None
        self._before = ""
        self._take(expression)

    def parsed(self, expression: str) -> Wanted:
        """Fails with `FilterError`."""
        raise NotImplementedError

    def meaning(self, wanted: Wanted) -> str:
        return ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Lines((line(Span(PROMPT, "key")),), id="prompt")
            yield FilterInput(self.close, self.expression)
            yield Lines(id="filter-count")
        yield Lines(id="filter-says")

    def count(self, counted: Line) -> None:
        """What the filter shows, at the right edge while it is typed."""
        shown = self.query_one("#filter-count", Lines)
        shown.show(spread((), counted, shown.size.width))

    def edit(self) -> None:
        """Opens the bar on the filter in force."""
        self._before = self.expression
        self.query_one(FilterInput).edit(self.expression)
        self._says(None)

    def clear(self) -> None:
        self._apply("")

    def close(self, *, keep: bool) -> None:
        """Back to the list, unless what is to be kept is wrong; without `keep` the filter that stood before is in
        force again."""
        wrong = self._apply(self.query_one(FilterInput).value if keep else self._before)
        if wrong is not None:
            self._says(wrong)
            return
        self.query_one(FilterInput).done()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.screen.has_class("-filtering"):
            self._says(self._apply(event.value))

    def _apply(self, expression: str) -> FilterError | None:
        before = self.expression
        wrong = self._take(expression)
        if wrong is None and self.expression != before:
            self.post_message(self.Changed())
        return wrong

    def _take(self, expression: str) -> FilterError | None:
        """Makes `expression` the filter in force; where it is wrong, the last good one stays."""
        try:
            found = self.parsed(expression)
        except FilterError as wrong:
            return wrong
        self.expression = expression.strip()
        self.wanted = found if self.expression else None
        return None

    def _says(self, wrong: FilterError | None) -> None:
        says = self.query_one("#filter-says", Lines)
        if wrong is None:
            meant = self.meaning(self.wanted) if self.wanted is not None else ""
            says.show(line(" " * len(PROMPT), Span(meant or self.HINT, "accent" if meant else "dim")))
            return
        problem = wrong.failure.detail.partition(": ")[2]
        says.show(pointed(len(PROMPT) + wrong.position, problem, self.size.width))


def pointed(at: int, problem: str, size: int) -> Line:
    """A mark under cell `at`, with the words at the side of it where there is more room."""
    if len(problem) + 2 > size - at and at > size // 2:
        return fit(line(Span(f"{problem[: at - 1]:>{at - 1}} ^", "error")), size)
    return fit(line(" " * at, Span(f"^ {problem}", "error")), size)
