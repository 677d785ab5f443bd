"""The words of an empty list, in the middle of the space that it leaves."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.console.commands import BY_ID
from bletui.console.empty import Why
from bletui.console.spans import Line, Span, fit, width


def emptiness(why: Why, columns: int, rows: int) -> list[Line]:
    """`why` as lines of `columns` cells, centred in `rows`."""
    lines: list[Line] = [(why.title,), (), *why.lines, (), *_keys(why)]
    while lines and not lines[-1]:
        lines.pop()
    above = max(0, (rows - len(lines)) // 2)
    return [() for _ in range(above)] + [_centred(row, columns) for row in lines]


def _keys(why: Why) -> Iterator[Line]:
    for key in why.keys:
        command = BY_ID[key]
        yield Span(command.shown_key, "key"), Span(f" {command.label}"), Span(f" · {command.help}", "dim")


def _centred(row: Line, columns: int) -> Line:
    left = max(0, (columns - width(row)) // 2)
    return fit((Span(" " * left), *row), columns) if row else ()
