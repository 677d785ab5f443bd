"""Help: the keys that act where you are, and what the columns and signs of the list mean."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.console.columns import COLUMNS
from bletui.console.commands import FOCUS, key_name, of
from bletui.console.screens.page import PageScreen
from bletui.console.spans import Line, Span, cell, line, ruled


class HelpScreen(PageScreen):
    def __init__(self, focus: str) -> None:
        super().__init__()
        self._focus = focus

    def page_lines(self, size: int) -> Iterator[Line]:
        return help_lines(self._focus, size, self.console_app.glyphs.dash)


def help_lines(focus: str, size: int, dash: str) -> Iterator[Line]:
    """Keys by place, innermost first; then the columns where there is a list. esc leaves."""
    titles = {"app": "Everywhere", "list": "Moving", "scan": "Scan", "details": "Details"}
    for place in FOCUS[focus]:
        yield ruled((Span(titles.get(place, place.capitalize()), "title"),), size, dash)
        for command in of(place):
            keys = " ".join(key_name(key) for key in command.keys)
            yield line(" ", Span(cell(keys, 14), "key"), cell(command.label, 15), Span(command.help, "dim"))
    if "scan" in FOCUS[focus]:
        yield ruled((Span("Columns, and the letter that sorts by each", "title"),), size, dash)
        for column in COLUMNS:
            yield line(" ", Span(cell(column.letter, 4), "key"), cell(column.title, 14), Span(column.help, "dim"))
        yield line(Span("      ·", "key"), "             ", Span("this radio can't tell", "dim"))
    yield line()
    yield line(" ", Span("esc", "key"), " leaves this page; arrows and PgUp/PgDn scroll it.")
