"""Help: the keys that act where you are, what can be typed there, and what columns and signs mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from textual.dom import DOMNode

from bletui.console.columns import COLUMNS
from bletui.console.commands import FOCUS, Command, key_name, of
from bletui.console.screens.page import PageScreen
from bletui.console.spans import Line, Span, broken, cell, line, ruled

NONE: Mapping[str, str] = {}
Typed = Sequence[tuple[str, str]]  # what can be typed, and what it means
LAST = ("list", "app", "app")  # what is known after a day stands below what belongs to the place
KEYS, LABELS = 13, 16  # columns
TITLES = {"app": "Everywhere", "list": "Moving", "dialogue": "In every dialogue", "field": "Text", "filter": "Keys"}


class HelpScreen(PageScreen):
    """`about`: what a dialogue asks; `typed`: the language of a field; `barred`: why a command can't act, by its id."""

    def __init__(
        self,
        focus: str,
        *,
        about: Callable[[], Iterable[Line]] = tuple,
        typed: Typed = (),
        barred: Mapping[str, str] = NONE,
    ) -> None:
        super().__init__()
        self._focus, self._about, self._typed, self._barred = focus, about, typed, barred

    def page_lines(self, size: int) -> Iterator[Line]:
        yield from (part for one in self._about() for part in broken(one, size - 2))
        yield from help_lines(self._focus, size, self.console_app.glyphs.dash, self._typed, self._barred)


def typed_in(focused: DOMNode | None) -> Typed:
    """What the field that has the focus takes; nothing where it is no field of a filter."""
    nodes = focused.ancestors_with_self if focused is not None else []
    return next((found for node in nodes if (found := getattr(node, "LANGUAGE", ()))), ())


def help_lines(focus: str, size: int, dash: str, typed: Typed = (), barred: Mapping[str, str] = NONE) -> Iterator[Line]:
    """What can be typed, then keys by place, innermost first; then the columns where there is a list. esc leaves."""
    if typed:
        yield ruled((Span("What can be typed", "title"),), size, dash)
        yield from (line(" ", Span(cell(word, 20), "accent"), Span(meaning, "dim")) for word, meaning in typed)
    for place in sorted(FOCUS[focus], key=LAST.count):
        yield ruled((Span(TITLES.get(place, place.capitalize()), "title"),), size, dash)
        for command in of(place):
            yield _command(command, barred.get(command.id, ""))
    if "scan" in FOCUS[focus]:
        yield ruled((Span("Columns, and the letter that sorts by each", "title"),), size, dash)
        for column in COLUMNS:
            yield line(" ", Span(cell(column.letter, 4), "key"), cell(column.title, 14), Span(column.help, "dim"))
        yield line(Span("      ·", "key"), "             ", Span("this radio can't tell", "dim"))
    yield line()
    yield line(" ", Span("esc", "key"), " leaves this page; arrows and PgUp/PgDn scroll it.")


def _command(command: Command, barred: str) -> Line:
    keys = " ".join(key_name(key) for key in command.keys)
    if not barred:
        return line(" ", Span(cell(keys, KEYS), "key"), cell(command.label, LABELS), Span(command.help, "dim"))
    return line(
        Span(cell(f"({keys})", KEYS + 1), "dim"), Span(cell(command.label, LABELS), "dim"), f"not here: {barred}"
    )
