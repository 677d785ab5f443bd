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

    HINT = "timeout   kind=link.*   device=A4:C1:*   lane=hci0   since=10m   level>=warning"

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
