"""The words of an empty list: one block in the middle of the space that it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bletui.console.commands import BY_ID
from bletui.console.empty import Why
from bletui.console.spans import Line, Span, broken, fit, width

WIDEST = 76  # cells of a line: longer ones can't be read


def emptiness(why: Why, columns: int, rows: int) -> list[Line]:
    """`why` as lines of `columns` cells, centred in `rows`; where there are too few, what is known gives way first."""
    size = max(8, min(WIDEST, columns - 2))
    facts = list(_facts(why.facts, size))
    told = [part for row in why.lines for part in broken(row, size)]
    blocks: list[list[Line]] = [[(why.title,)], told, facts, list(_keys(why))]
    lines = _apart(blocks)
    if len(lines) > rows:
        blocks[2] = facts[: max(0, len(facts) - (len(lines) - rows))]
        lines = _apart(blocks)
    left = max(0, (columns - max(map(width, lines))) // 2)
    above = max(0, (rows - len(lines)) // 2)
    return [() for _ in range(above)] + [fit((Span(" " * left), *row), columns) if row else () for row in lines]


def _apart(blocks: Iterable[list[Line]]) -> list[Line]:
    """With a blank line between blocks that have any."""
    lines: list[Line] = []
    for block in blocks:
        lines += [(), *block] if lines and block else block
    return lines


def _facts(facts: Iterable[tuple[str, Line]], size: int) -> Iterator[Line]:
    """Labels in a column of their own, the words broken beside them."""
    every = list(facts)
    column = min(20, max((width((Span(label),)) for label, _ in every), default=0)) + 2
    for label, words in every:
        for n, row in enumerate(broken(words, max(8, size - column))):
            yield *fit((Span(label if n == 0 else "", "dim"),), column), *row


def _keys(why: Why) -> Iterator[Line]:
    keys = [BY_ID[key] for key in why.keys]
    column = max((len(command.shown_key) for command in keys), default=0)
    for command in keys:
        shown = Span(f"{command.shown_key:<{column}}", "key")
        yield shown, Span(f" {command.label}"), Span(f" · {command.help}", "dim")
