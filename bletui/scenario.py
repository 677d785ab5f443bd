"""Trouble on request, in one language for a simulated site and for a router's API over it: `connect:busy:20%@10s-14s`.

WHAT:HOW:SHARE[WHERE]@FROM-TO/EVERY, joined by commas. SHARE is `20%` of the occasions, by chance, or `3x`, the first
three. WHERE is what the owner of the word takes. No @: always. No -TO: for a while, as long as the owner says; an empty
one: for good. /EVERY repeats it. Times are `500ms`, `10s`, `2m`, `1h`.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bletui.failure import BleError
from bletui.target import invalid
from bletui.text import bounded

VERBS = ("connect", "disconnect", "discover", "read", "write", "subscribe", "pair", "unpair", "rssi", "set_phy")
SITE = ("stream", "lane", "drop", *VERBS)  # what goes wrong at a site; the rest is its router's
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
FIRST_MAX = 1_000_000

_TROUBLE = re.compile(
    r"(?P<what>\w+):(?P<how>[\w.-]+)(:(?:(?P<chance>\d{1,3}(\.\d{1,6})?)%|(?P<first>\d{1,7})x))?(\[(?P<where>[^\]]+)\])?"
    r"(@(?P<start>[\d.]+[a-z]*)(?P<dash>-(?P<end>[\d.]+[a-z]*)?)?(/(?P<every>[\d.]+[a-z]*))?)?"
)
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([a-z]+)")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One piece of it. `first`: how often, None for always; `length` seconds, None for as long as is usual.

    `columns`: where each part begins in `text`, from 1.
    """

    text: str
    what: str
    how: str
    chance: float
    first: int | None
    where: str | None
    start: float
    length: float | None
    every: float | None
    columns: Mapping[str, int]

    @property
    def timed(self) -> bool:
        return self.start > 0 or self.length != math.inf

    def lasting(self, usual: float) -> float:
        """Its length in seconds, `usual` where none is named."""
        length = usual if self.length is None else self.length
        if self.every is not None and not length < self.every:
            raise wrong(self.text, len(self.text), "it would begin again before it ends")
        return length

    def wrong_what(self, known: Collection[str]) -> BleError:
        return wrong(self.text, self.columns["what"], f"{self.what!r}: there are faults of {', '.join(known)}")

    def wrong_how(self, known: Collection[str], more: Collection[str], called: str) -> BleError:
        """`more` are words as good as those `known`, too many to name: they are `called` so."""
        near = difflib.get_close_matches(self.how, [*known, *more], 3)
        hint = f"; near: {', '.join(near)}" if near else ""
        return wrong(
            self.text, self.columns["how"], f"{self.how!r}: one of {', '.join(known)}{called and f' or {called}'}{hint}"
        )

    def wrong_share(self, why: str) -> BleError:
        return wrong(self.text, max(self.columns["chance"], self.columns["first"]), why)

    def wrong_where(self, why: str) -> BleError:
        return wrong(self.text, self.columns["where"], why)


def read(text: str) -> tuple[Trouble, ...]:
    """What is asked for; `request.invalid` names the piece and the column in it."""
    return tuple(_trouble(piece.strip()) for piece in text.split(",")) if text.strip() else ()


def span(t: float, start: float, length: float, every: float | None) -> tuple[float, float] | None:
    """From when to when trouble lasts, if it does at `t`."""
    since = t - start
    if since < 0:
        return None
    begin = start if every is None else start + math.floor(since / every) * every
    return (begin, begin + length) if t < begin + length else None


def spans(t: float, start: float, length: float, every: float | None) -> Iterator[tuple[float, float]]:
    """From when to when trouble lasts, each time that does not end before `t`."""
    skipped = 0 if every is None else max(0, math.floor((t - start) / every))
    begin = start + skipped * (every or 0.0)
    while True:
        if t < begin + length:
            yield begin, begin + length
        if every is None:
            return
        begin += every


def wrong(text: str, column: int, why: str) -> BleError:
    return invalid(f"fault {bounded(text, 80)!r}, column {column}: {why}")


def _trouble(text: str) -> Trouble:
    found = _TROUBLE.match(text)
    if not found:
        raise wrong(text, 1, "it does not look like connect:busy:20% or stream:broken@10s-14s")
    if found.end() < len(text):
        expected = "it does not look like WHAT:HOW:20%[WHERE]@10s-14s/1m from here on"
        raise wrong(text, found.end() + 1, expected)
    start, length = _when(found, text)
    every = _seconds(found, "every", text) if found["every"] else None
    chance, first = _share(found, text)
    return Trouble(
        text,
        found["what"],
        found["how"],
        chance,
        first,
        found["where"],
        start,
        length,
        every,
        {part: found.start(part) + 1 for part in found.groupdict()},
    )


def _share(found: re.Match[str], text: str) -> tuple[float, int | None]:
    chance = float(found["chance"] or 100) / 100
    if not 0 < chance <= 1:
        raise wrong(text, found.start("chance") + 1, "a chance is more than 0 and at most 100 %")
    first = None if found["first"] is None else int(found["first"])
    if first is not None and not 1 <= first <= FIRST_MAX:
        raise wrong(text, found.start("first") + 1, f"the first 1 to {FIRST_MAX:,}")
    return chance, first


def _when(found: re.Match[str], text: str) -> tuple[float, float | None]:
    """(start, length)."""
    if found["start"] is None:
        return 0.0, math.inf
    start = _seconds(found, "start", text)
    if found["dash"] is None:
        return start, None
    if found["end"] is None:
        return start, math.inf
    end = _seconds(found, "end", text)
    if end <= start:
        raise wrong(text, found.start("end") + 1, "it ends before it begins")
    return start, end - start


def _seconds(found: re.Match[str], part: str, text: str) -> float:
    time = _TIME.fullmatch(found[part])
    if not time or time[2] not in UNITS:
        raise wrong(text, found.start(part) + 1, f"{found[part]!r} is not a time; one looks like 500ms, 10s, 2m or 1h")
    return float(time[1]) * UNITS[time[2]]
