"""A failure on the screen: one line, or the whole card. The words come from the error vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.console.empty import severity_role
from bletui.console.glyphs import Glyphs
from bletui.console.spans import Line, Span, fit, line, wrapped
from bletui.failure import Failure
from bletui.text import visible


def headline(failure: Failure, size: int, glyphs: Glyphs, *, selected: bool) -> Line:
    """Code, name and title; the selected one marked."""
    kind = failure.kind
    mark = glyphs.cursor if selected else " "
    where = f"{visible(failure.radio)}: " if failure.radio else ""
    head = Span(f"{mark}{kind.code} {kind.value}  ", severity_role(failure))
    return fit(line(head, Span(where, "dim"), kind.title), size, ellipsis=glyphs.ellipsis)


def card(failure: Failure, size: int, now: float, glyphs: Glyphs, *, selected: bool) -> list[Line]:
    """The headline, then what was tried, what the far side said, and what is known around it."""
    return [headline(failure, size, glyphs, selected=selected), *_body(failure, size), line()]


def _body(failure: Failure, size: int) -> Iterator[Line]:
    if failure.operation:
        yield from _paragraph(f"{failure.operation} {failure.address or ''} on {failure.lane or failure.radio}", size)
    if failure.detail:
        yield from _paragraph(failure.detail, size)
    if failure.message:
        yield from _paragraph(f"{failure.source} {failure.code} said: {failure.message}", size)
    yield line("   ", Span(f"retry: {failure.retry_class}", "dim"))


def _paragraph(text: str, size: int) -> Iterator[Line]:
    for row in wrapped(visible(text), size - 4):
        yield line("   ", row)
