"""What a filter of the log is made of, beside `and`, `or`, `not` and the lane: what it is, whose, when, how bad."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bletui.filters.pattern import matcher
from bletui.filters.terms import COMPARISONS, Comparison, Term, quoted
from bletui.kinds import SEVERITIES

Bound = Literal["since", "until"]


class LogRow(Protocol):
    """What a filter reads of one line of the log; all text but `words` in lower case."""

    @property
    def at(self) -> float: ...  # wall time
    @property
    def severity(self) -> str: ...  # one of `SEVERITIES`
    @property
    def kinds(self) -> Iterable[str]: ...  # sort of event, verb, kind and code of its failure
    @property
    def device_words(self) -> Iterable[str]: ...  # address and name
    @property
    def lane_words(self) -> Iterable[str]: ...  # id and name of the lane, name of the radio
    @property
    def words(self) -> str: ...  # the line as it is read


LogTest = Callable[[LogRow], bool | None]


@dataclass(frozen=True, slots=True)
class Kind:
    pattern: str

    def __str__(self) -> str:
        return f"kind={quoted(self.pattern)}"

    def test(self) -> LogTest:
        fits = matcher(self.pattern)
        return lambda row: any(map(fits, row.kinds))


@dataclass(frozen=True, slots=True)
class Device:
    """Its address or its name."""

    pattern: str

    def __str__(self) -> str:
        return f"device={quoted(self.pattern)}"

    def test(self) -> LogTest:
        fits = matcher(self.pattern)
        return lambda row: any(map(fits, row.device_words))


@dataclass(frozen=True, slots=True)
class When:
    """`at`: wall time, what `text` meant as it was typed."""

    bound: Bound
    text: str
    at: float

    def __str__(self) -> str:
        return f"{self.bound}={quoted(self.text)}"

    def test(self) -> LogTest:
        at = self.at
        return (lambda row: row.at >= at) if self.bound == "since" else (lambda row: row.at <= at)


@dataclass(frozen=True, slots=True)
class Level:
    compare: Comparison
    severity: str

    def __str__(self) -> str:
        return f"level{self.compare}{self.severity}"

    def test(self) -> LogTest:
        holds, wanted = COMPARISONS[self.compare], SEVERITIES.index(self.severity)
        return lambda row: holds(SEVERITIES.index(row.severity), wanted)


@dataclass(frozen=True, slots=True)
class Says:
    """A word or words of the line."""

    text: str

    def __str__(self) -> str:
        return quoted(self.text)

    def test(self) -> LogTest:
        wanted = self.text.casefold()
        return lambda row: wanted in row.words.casefold()


@dataclass(frozen=True, slots=True)
class LogFilter:
    """A parsed filter; `str` gives text that parses to an equal one at the same time."""

    term: Term
    _test: LogTest = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_test", self.term.test())

    def __str__(self) -> str:
        return str(self.term)

    def matches(self, row: LogRow) -> bool:
        return bool(self._test(row))


def moment(text: str, now: float, marked: float | None) -> float | None:
    """What `10m`, `90s`, `2h`, `14:05`, `14:05:30` or `mark` means at `now`; None: nothing. Clock times are local, and
    of yesterday where they would be in the future."""
    if text == "mark":
        return marked
    number, unit = text[:-1], text[-1:]
    if unit in _SECONDS and number.replace(".", "", 1).isdecimal() and number.isascii() and len(number) <= 6:
        return now - float(number) * _SECONDS[unit]
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            clock = time.strptime(text, form)
        except ValueError:
            continue
        day = time.localtime(now)
        at = time.mktime((*day[:3], *clock[3:6], *day[6:8], -1))
        return at if at <= now else at - 86_400
    return None


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
