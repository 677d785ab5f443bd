"""The filter being typed: applied as it is written, wrong places pointed at, the last good one kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from bletui.console.columns import short_company
from bletui.console.commands import bindings
from bletui.console.listing import Matches
from bletui.console.spans import Line, Span, fit, line
from bletui.console.widgets.lines import Lines
from bletui.decode.names import company
from bletui.filters import Filter, FilterError, parse
from bletui.filters.terms import And, Company, Not, Or, Term

PROMPT = " / "
TOLD = 2  # ids of one company that are spelled out
HINT = 'rssi>=-70   name~"therm*"   company=apple   uuid=180f   connectable   and or not ( )'


class FilterBar(Vertical):
    """Two lines over status and heads while it is open; `expression` is the filter in force."""

    @dataclass
    class Changed(Message):
        """Another filter is in force."""

        matches: Matches | None

    class Left(Message):
        """The bar was closed."""

    def __init__(self, expression: str = "", named: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.expression = ""
        self.matches: Matches | None = None
        self.wanted: Filter | None = None
        self._before = ""
        self._named = named or {}  # what `@name` stands for
        self._take(expression)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Lines((line(Span(PROMPT, "key")),), id="prompt")
            yield FilterInput(self.expression, compact=True)
        yield Lines(id="filter-says")

    def edit(self) -> None:
        """Opens the bar on the filter in force."""
        self._before = self.expression
        self.screen.add_class("-filtering")
        field = self.query_one(FilterInput)
        field.value = self.expression
        field.cursor_position = len(field.value)
        self.screen.set_focus(field)
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
        self.screen.set_focus(None)
        self.screen.remove_class("-filtering")
        self.post_message(self.Left())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.screen.has_class("-filtering"):
            self._says(self._apply(event.value))

    def _apply(self, expression: str) -> FilterError | None:
        before = self.expression
        wrong = self._take(expression)
        if wrong is None and self.expression != before:
            self.post_message(self.Changed(self.matches))
        return wrong

    def _take(self, expression: str) -> FilterError | None:
        """Makes `expression` the filter in force; where it is wrong, the last good one stays."""
        try:
            found = parse(expression, named=self._named)
        except FilterError as wrong:
            return wrong
        self.expression = expression.strip()
        self.wanted = found if self.expression else None
        self.matches = found.matches if self.expression else None
        return None

    def _says(self, wrong: FilterError | None) -> None:
        says = self.query_one("#filter-says", Lines)
        if wrong is None:
            meant = echo(self.wanted) if self.wanted else ""
            says.show(line(" " * len(PROMPT), Span(meant or HINT, "accent" if meant else "dim")))
            return
        problem = wrong.failure.detail.partition(": ")[2]
        says.show(pointed(len(PROMPT) + wrong.position, problem, self.size.width))


def echo(wanted: Filter) -> str:
    """What its company ids stand for, and their bytes in the order of the air (little-endian: Core Supplement, A 1.4);
    empty without one."""
    return "; ".join(_company_words(term) for term in _companies(wanted.term))


def _companies(term: Term) -> Iterator[Company]:
    match term:
        case Company():
            yield term
        case Not(inner):
            yield from _companies(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _companies(part)


def _company_words(term: Company) -> str:
    ids = sorted(term.ids)
    told = [f"0x{number:04X}{_named(number)} = bytes {number & 0xFF:02X} {number >> 8:02X}" for number in ids[:TOLD]]
    more = f" and {len(ids) - TOLD} more" if len(ids) > TOLD else ""
    return ", ".join(told) + more


def _named(number: int) -> str:
    name = company(number)
    return f" {short_company(name)}" if name else ""


def pointed(at: int, problem: str, size: int) -> Line:
    """A mark under cell `at`, with the words at the side of it where there is more room."""
    if len(problem) + 2 > size - at and at > size // 2:
        return fit(line(Span(f"{problem[: at - 1]:>{at - 1}} ^", "error")), size)
    return fit(line(" " * at, Span(f"^ {problem}", "error")), size)


class FilterInput(Input):
    """The text field; its cursor does not blink, because each blink would be a frame."""

    BINDINGS = bindings("filter")
    place = "filter"

    def on_mount(self) -> None:
        self.cursor_blink = False

    def action_accept(self) -> None:
        self.screen.query_one(FilterBar).close(keep=True)

    def action_leave(self) -> None:
        self.screen.query_one(FilterBar).close(keep=False)
