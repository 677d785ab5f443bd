"""Trouble on request: `stream:broken@10s-14s`, `lane:off[hci0]`, `connect:busy:20%`, joined by commas.

WHAT:HOW:CHANCE%[WHERE]@FROM-TO/EVERY in the site's time. WHERE is a lane's name or a device's address; none: all. No @:
always. No -TO: for a while (`LENGTH`, `REBOOT`); an empty one: for good. /EVERY repeats it. HOW is a word of `WORDS` or
any kind of failure by its dotted name. A chance is one of calls and links, not of streams and lanes.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from bletui.backends.simulator.refusals import CALLS, ENDS
from bletui.failure import ErrorKind
from bletui.target import invalid

LENGTH, REBOOT = 5.0, 20.0  # seconds
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Effect(Enum):
    """What a fault does to a lane."""

    BROKEN = "its scan stream ends, with a failure and a time of the next try"
    SILENT = "its scan stream stays open and says nothing"
    UNUSABLE = "it is there and can't be used"
    GONE = "it is unplugged, or its router is off the net"
    REBOOT = "its adapter or router restarts: the lane, and the router's other chip, go and come back"
    DROP = "a link on it ends"
    CALL = "a call on it fails"


VERBS = ("connect", "disconnect", "discover", "read", "write", "subscribe", "pair", "unpair", "rssi", "set_phy")
WORDS: dict[str, dict[str, tuple[Effect, ErrorKind | None]]] = {
    "stream": {"broken": (Effect.BROKEN, ErrorKind.NET_CLOSED), "silent": (Effect.SILENT, None)},
    "lane": {
        "off": (Effect.UNUSABLE, ErrorKind.ADAPTER_OFF),
        "down": (Effect.GONE, None),
        "reboot": (Effect.REBOOT, None),
    },
    "drop": dict.fromkeys(ENDS, (Effect.DROP, None)),
    **{verb: dict.fromkeys(CALLS, (Effect.CALL, None)) for verb in VERBS},
}
ANY_KIND = {
    "stream": Effect.BROKEN,
    "lane": Effect.UNUSABLE,
    "drop": Effect.DROP,
    **dict.fromkeys(VERBS, Effect.CALL),
}

_FAULT = re.compile(
    r"(?P<what>\w+):(?P<how>[\w.-]+)(:(?P<chance>\d+(\.\d+)?)%)?(\[(?P<where>[^\]]+)\])?"
    r"(@(?P<start>[\d.]+[a-z]*)(?P<dash>-(?P<end>[\d.]+[a-z]*)?)?(/(?P<every>[\d.]+[a-z]*))?)?"
)
_ADDRESS = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")
_TIME = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """`effect` on one lane's name, or on all (None), from `start` for `length` seconds, again every `every` seconds.

    `kind` None: what fits the lane, or what the lane says for the word `how`. `text` is what was asked for.
    """

    text: str
    effect: Effect
    kind: ErrorKind | None
    lane: str | None
    start: float
    length: float
    every: float | None
    what: str = ""
    how: str = ""
    chance: float = 1.0
    address: str | None = None

    def fits(self, lane: str, address: str) -> bool:
        """Whether it is about this device's link on the lane of that name."""
        return self.lane in (None, lane) and self.address in (None, address)

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
    effect, kind = _effect(found["what"], found["how"])
    lane, address = _where(found["where"], lanes, text)
    start, length = _when(found, text, REBOOT if effect is Effect.REBOOT else LENGTH)
    every = _seconds(found["every"], text) if found["every"] else None
    if every is not None and not length < every:
        raise invalid(f"fault={text!r} would begin again before it ends")
    if effect not in (Effect.DROP, Effect.CALL) and (found["chance"] or address):
        raise invalid(f"fault={text!r}: a chance or an address is for calls and drops only")
    chance = float(found["chance"] or 100) / 100
    if not 0 < chance <= 1:
        raise invalid(f"fault={text!r}: a chance is more than 0 and at most 100 %")
    return Fault(text, effect, kind, lane, start, length, every, found["what"], found["how"], chance, address)


def _where(where: str | None, lanes: Collection[str], text: str) -> tuple[str | None, str | None]:
    """(lane, address)."""
    if where is None or where in lanes:
        return where, None
    if _ADDRESS.fullmatch(where.upper()):
        return None, where.upper()
    raise invalid(f"fault={text!r}: there is no lane {where!r}; there are {', '.join(lanes)}")


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


def _when(found: re.Match[str], text: str, usual: float) -> tuple[float, float]:
    """(start, length)."""
    if found["start"] is None:
        return 0.0, math.inf
    start = _seconds(found["start"], text)
    if found["dash"] is None:
        return start, usual
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
