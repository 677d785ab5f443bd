"""What stands on the screen while everything else is imported: where the header will be, and what is being opened."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.screen import Screen

from bletui.console.spans import Span, line
from bletui.console.widgets.lines import Lines
from bletui.text import visible


class StartScreen(Screen[None]):
    def __init__(self, targets: Iterable[object]) -> None:
        super().__init__()
        self._targets = tuple(map(str, targets))

    def compose(self) -> ComposeResult:
        opening = [line(" opening ", Span(visible(target), "strong")) for target in self._targets]
        yield Lines([line(Span(" bletui", "title")), (), *opening])
