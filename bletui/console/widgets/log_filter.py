"""The filter of the log, with the moments that its times stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bletui.console.widgets.filter_bar import FilterBar
from bletui.filters.logged import parse_log
from bletui.filters.logterms import LogFilter, When
from bletui.filters.terms import And, Not, Or, Term
from bletui.log.narration import clock_time


class LogFilterBar(FilterBar[LogFilter]):
    """`times`: wall time now, and that of the newest mark."""

    HINT = "timeout  kind=link.*  device=A4:C1:*  lane=hci0  since=10m  level>=warning"

    LANGUAGE = (
        ("timeout", "lines that hold the word"),
        ("kind=link.*", "failures by name or code: kind=E0304"),
        ("device=A4:C1:*", "by address or name, * for anything"),
        ("lane=hci0", "what happened on that lane"),
        ("since=10m", "also 90s 2h 14:05 mark; until= likewise"),
        ("level>=warning", "info, warning, error"),
        ("a and not (b or c)", "joined; the last good filter stays while you type"),
    )

    def __init__(self, times: Callable[[], tuple[float, float | None]]) -> None:
        self._times = times
        super().__init__()

    def parsed(self, expression: str) -> LogFilter:
        now, marked = self._times()
        return parse_log(expression, now=now, marked=marked)

    def meaning(self, wanted: LogFilter) -> str:
        return ", ".join(f"{term.bound} {clock_time(term.at)}" for term in _moments(wanted.term))


def _moments(term: Term) -> Iterator[When]:
    match term:
        case When():
            yield term
        case Not(inner):
            yield from _moments(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _moments(part)
