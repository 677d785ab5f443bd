"""Explanation: all that is known of a kind of failure, as `bletui explain` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.console.screens.page import PageScreen
from bletui.console.spans import Line, Span, line, ruled
from bletui.errors.explain import explained
from bletui.failure import Failure


class ExplanationScreen(PageScreen):
    def __init__(self, failure: Failure) -> None:
        super().__init__()
        self._failure = failure

    def page_lines(self, size: int) -> Iterator[Line]:
        kind = self._failure.kind
        yield ruled((Span(f"{kind.code} {kind.value}", "title"),), size, self.console_app.glyphs.dash)
        _, *rest = explained(kind, width=size - 2)
        for text in rest:
            head = bool(text) and not text.startswith(" ")
            yield line(" ", Span(text, "strong" if head else "plain"))
        yield line()
        yield line(" ", Span("esc", "key"), " leaves this page; arrows and PgUp/PgDn scroll it.")
