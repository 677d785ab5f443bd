"""Trouble on request: `stream:broken@10s-14s`, `lane:off[hci0]`, `stream:auth.refused@5s/60s`, joined by commas.

WHAT:HOW[LANE]@FROM-TO/EVERY in the site's time. No LANE: every lane. No @: always. No -TO: for `LENGTH` seconds; an
empty one: for good. /EVERY repeats it. HOW is a word of `WORDS` or any kind of failure by its dotted name.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from bletui.failure import ErrorKind
from bletui.target import invalid

LENGTH = 5.0  # seconds
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Effect(Enum):
    """What a fault does to a lane."""

    BROKEN = "its scan stream ends, with a failure and a time of the next try"
    SILENT = "its scan stream stays open and says nothing"
    UNUSABLE = "it is there and can't be used"
    GONE = "it is unplugged, or its router is off the net"


WORDS: dict[str, dict[str, tuple[Effect, ErrorKind | None]]] = {
    "stream": {"broken": (Effect.BROKEN, ErrorKind.NET_CLOSED), "silent": (Effect.SILENT, None)},
    "lane": {"off": (Effect.UNUSABLE, ErrorKind.ADAPTER_OFF), "down": (Effect.GONE, None)},
}
ANY_KIND = {"stream": Effect.BROKEN, "lane": Effect.UNUSABLE}

_FAULT = re.compile(
    r"(?P<what>\w+):(?P<how>[\w.-]+)(\[(?P<lane>[^\]]+)\])?"
    r"(@(?P<start>[\d.]+[a-z]*)(?P<dash>-(?P<end>[\d.]+[a-z]*)?)?(/(?P<every>[\d.]+[a-z]*))?)?"
)
_TIME = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """`effect` on one lane's name, or on all (None), from `start` for `length` seconds, again every `every` seconds.

    `kind` None: what fits the lane. `text` is what was asked for.
    """

    text: str
    effect: Effect
    kind: ErrorKind | None
    lane: str | None
    start: float
    length: float
    every: float | None

    def span(self, t: float) -> tuple[float, float] | None:
        """From when to when it lasts, if it does at `t`."""
        since = t - self.start
        if since < 0:
            return None
        begin = self.start if self.every is None else self.start + math.floor(since / self.every) * self.every
        return (begin, begin + self.length) if t < begin + self.length else None


def parse(text: str, lanes: Collection[str]) -> tuple[Fault, ...]:
    """The faults of one parameter; `lanes` are the names there are. Fails with `request.invalid`."""
    return tuple(_fault(part.strip(), lanes) for part in text.split(",")) if text else ()


def _fault(text: str, lanes: Collection[str]) -> Fault:
    found = _FAULT.fullmatch(text)
    if not found:
        raise invalid(f"fault={text!r} does not look like stream:broken@10s-14s or lane:off[hci0]@5s")
    lane = found["lane"]
    if lane is not None and lane not in lanes:
        raise invalid(f"fault={text!r}: there is no lane {lane!r}; there are {', '.join(lanes)}")
    effect, kind = _effect(found["what"], found["how"])
    start, length = _when(found, text)
    every = _seconds(found["every"], text) if found["every"] else None
    if every is not None and not length < every:
        raise invalid(f"fault={text!r} would begin again before it ends")
    return Fault(text, effect, kind, lane, start, length, every)


def _effect(what: str, how: str) -> tuple[Effect, ErrorKind | None]:
    words = WORDS.get(what)
    if words is None:
        raise invalid(f"fault={what!r}: there are faults of {', '.join(WORDS)}")
    if how in words:
        return words[how]
    kinds = {str(kind.value): kind for kind in ErrorKind}
    if how not in kinds:
        near = difflib.get_close_matches(how, [*words, *kinds], 3)
        raise invalid(
            f"fault={what}:{how!r}: neither {', '.join(words)} nor a kind of failure; near: {', '.join(near)}"
        )
    return ANY_KIND[what], kinds[how]


def _when(found: re.Match[str], text: str) -> tuple[float, float]:
    """(start, length)."""
    if found["start"] is None:
        return 0.0, math.inf
    start = _seconds(found["start"], text)
    if found["dash"] is None:
        return start, LENGTH
    if found["end"] is None:
        return start, math.inf
    end = _seconds(found["end"], text)
    if end <= start:
        raise invalid(f"fault={text!r} ends before it begins")
    return start, end - start


def _seconds(time: str, text: str) -> float:
    found = _TIME.fullmatch(time)
    if not found or found[2] not in UNITS:
        raise invalid(f"fault={text!r}: {time!r} is not a time; one looks like 500ms, 10s, 2m or 1h")
    return float(found[1]) * UNITS[found[2]]
