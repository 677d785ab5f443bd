"""Text to a filter of the log.

timeout                    a word, or words in quotes, of the line as it is read
kind=link.*                a failure's kind or code, what sort of line it is, or a verb: link, notification, read …
device=A4:C1:* lane=hci0   patterns of * and ?; a device by its address or its name
since=10m   until=14:05    so long ago, a time of the day, or `mark`: the newest mark
level>=warning             info, warning, error; also = != <= < >
and or not ( )             as in the filter of devices
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import get_args

from bletui.filters.grammar import FilterError, Parser, Token, filled
from bletui.filters.logterms import Bound, Device, Kind, Level, LogFilter, Says, When, moment
from bletui.filters.terms import COMPARISONS, OnLane, Term
from bletui.kinds import CODES, KINDS, SEVERITIES

SORTS = ("lane", "stream", "link", "operation", "notification", "subscription", "tree", "prompt", "shed", "mark",
         "failure")  # fmt: skip
VERBS = (
    "connect",
    "disconnect",
    "discover",
    "read",
    "write",
    "subscribe",
    "pair",
    "unpair",
    "rssi",
    "set_phy",
    "bonds",
)
_COMPARED = {str(sign): sign for sign in COMPARISONS}
_BOUNDS: tuple[Bound, ...] = get_args(Bound)


def parse_log(text: str, *, now: float, marked: float | None = None) -> LogFilter:
    """The filter that `text` writes; "" is true of every line. `now`, `marked`: wall time, and that of the newest mark.

    Fails with `FilterError`.
    """
    return LogFilter(_LogParser(text, now, marked).whole())


class _LogParser(Parser):
    FIELDS: Mapping[str, tuple[str, ...]] = {
        "kind": ("=", "!="), "device": ("=", "!="), "lane": ("=", "!="), "since": ("=",), "until": ("=",),
        "level": (">=", ">", "<=", "<", "=", "!="),
    }  # fmt: skip

    def __init__(self, text: str, now: float, marked: float | None) -> None:
        super().__init__(text)
        self._now, self._marked = now, marked

    def word(self, token: Token) -> Term:
        return Says(token.text)

    def alone(self, token: Token) -> Term:
        return Says(token.text)

    def condition(self, field: str, sign: str, value: Token) -> Term:
        match field:
            case "kind":
                return _kind(value)
            case "device":
                return Device(filled(value))
            case "lane":
                return OnLane(filled(value))
            case "level":
                return Level(_COMPARED[sign], _severity(value))
            case _:
                return self._when(_BOUNDS[field == "until"], value)

    def _when(self, bound: Bound, value: Token) -> Term:
        text = filled(value).lower()
        at = moment(text, self._now, self._marked)
        if at is None and text == "mark":
            raise FilterError(value.at, "nothing is marked yet")
        if at is None:
            raise FilterError(value.at, f"expected a time as in 10m, 90s, 14:05 or mark, found {value.text}")
        return When(bound, text, at)


def _kind(value: Token) -> Term:
    pattern = filled(value).lower()
    known = [*SORTS, *VERBS, *KINDS, *(code.lower() for code in CODES)]
    if "*" not in pattern and "?" not in pattern and pattern not in known:
        near = difflib.get_close_matches(pattern, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(SORTS)}, verbs, and kinds of failure"
        raise FilterError(value.at, f"no kind is called {value.text}; {hint}")
    return Kind(pattern)


def _severity(value: Token) -> str:
    wanted = filled(value).lower()
    if wanted not in SEVERITIES:
        raise FilterError(value.at, f"expected {', '.join(SEVERITIES)}, found {value.text}")
    return wanted
