"""What can go wrong between a router and its clients on request, in the language of `bletui.scenario`; pure.

Times are seconds since the API listens. WHERE is a path, with its query if it has a `?`, in which `*` stands for
anything; or a device's address.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from bletui import scenario
from bletui.scenario import SITE, Trouble

LENGTH, REBOOT = 5.0, 20.0  # seconds
STARTING = 0.25  # the last part of a reboot, in which there is an answer, and it is 502
BEFALLS = (0.5, 2.0)  # seconds that a stream lasts which is opened while streams fail
KEYS_MAX = 16_384  # of luck that is told apart by path

ANSWERS: Mapping[str, str] = {
    "login": "nothing is done; the answer is an HTML login page, with 200",
    "wrong": "nothing is done; the answer is JSON of some other server, with 200",
    "types": "the answer's numbers are words, its words numbers, its lists neither",
    "cut": "the answer's text ends half-way, and its length fits",
    "short": "the connection ends half-way through the answer",
    "huge": "the answer is padded to 2 MiB",
    "slow": "the answer comes 3 s after the work is done, so events overtake it",
    "silent": "the work is done, and no answer comes",
    "reset": "the work is done, and the connection is reset instead of an answer",
}
STREAMS: Mapping[str, str] = {
    "cut": "ends, as if the router had closed it",
    "reset": "its connection is reset",
    "half": "its connection ends in the middle of an event",
    "stall": "no byte more, no keep-alive either, as long as the fault lasts",
    "garbage": "an event that is no JSON",
    "types": "an event whose values are of wrong types",
    "huge": "an event of 2 MiB",
    "refused": "is refused, as if too many were open",
}
ROUTERS: Mapping[str, str] = {
    "reboot": "connections are reset and refused, then answered with 502 for the last quarter; links are lost, "
    "`uptime` begins anew, bonds stay",
    "offline": "no request is heard and no byte sent until it is over; links and streams stay",
    "expire": "every token given out so far ends, and the streams opened with it",
}
SORTS: Mapping[str, Mapping[str, str]] = {"http": ANSWERS, "sse": STREAMS, "router": ROUTERS}
STATUS = re.compile(r"[45]\d\d")
UNDONE = ("login", "wrong")
FINAL = ("cut", "reset", "half")  # for a stream

_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One of them, from `start` for `length` seconds, again every `every` seconds."""

    text: str
    sort: str
    how: str
    chance: float = 1.0
    first: int | None = None
    where: str | None = None
    start: float = 0.0
    length: float = LENGTH
    every: float | None = None

    def span(self, t: float) -> tuple[float, float] | None:
        return scenario.span(t, self.start, self.length, self.every)

    def fits(self, path: str, query: str = "") -> bool:
        if self.where is None:
            return True
        target = path.rstrip("/") + (f"?{query}" if "?" in self.where else "")
        return bool(_pattern(self.where).fullmatch(target))


@lru_cache(maxsize=256)
def _pattern(where: str) -> re.Pattern[str]:
    if _ADDRESS.fullmatch(where.upper()):
        return re.compile(f".*/{where}/.*", re.IGNORECASE)
    return re.compile(".*".join(map(re.escape, where.rstrip("/").split("*"))), re.IGNORECASE)


def read(texts: Iterable[str]) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    """Ours, and what is the site's to understand; `request.invalid` names what is wrong, where, and what is known."""
    asked = scenario.read(",".join(texts))
    ours = tuple(_fault(trouble) for trouble in asked if trouble.what not in SITE)
    return ours, tuple(trouble.text for trouble in asked if trouble.what in SITE)


def _fault(asked: Trouble) -> Fault:
    words: Collection[str] | None = SORTS.get(asked.what)
    if words is None:
        raise asked.wrong_what((*SORTS, *SITE))
    status = asked.what == "http" and STATUS.fullmatch(asked.how)
    if asked.how not in words and not status:
        raise asked.wrong_how(words, (), "a status from 400 to 599" if asked.what == "http" else "")
    if asked.what == "router":
        _refuse_parts(asked)
    length = asked.lasting(REBOOT if asked.how == "reboot" else LENGTH)
    if asked.where is not None and not (asked.where.startswith(("/", "*")) or _ADDRESS.fullmatch(asked.where.upper())):
        raise asked.wrong_where(f"{asked.where!r} is neither a path, as /gatt/*, nor a device's address")
    return Fault(
        asked.text,
        asked.what,
        asked.how,
        asked.chance,
        asked.first,
        asked.where,
        asked.start,
        length,
        asked.every,
    )


def _refuse_parts(asked: Trouble) -> None:
    """The whole router has neither a share nor a place, and a time at which it happens."""
    if asked.chance < 1 or asked.first is not None:
        raise asked.wrong_share("a share is for http and sse only")
    if asked.where is not None:
        raise asked.wrong_where("a place is for http and sse only")
    if not asked.timed:
        raise scenario.wrong(asked.text, len(asked.text) + 1, "a time is expected, as @30s")


class Scenario:
    """What befalls whom. Chance depends on the seed, the path and how often it was asked for, on nothing else."""

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 1) -> None:
        self.faults = tuple(faults)
        self._seed = seed
        self._asked: Counter[tuple[str, str]] = Counter()
        self._struck: Counter[str] = Counter()

    def answer(self, method: str, path: str, t: float, query: str = "") -> str | None:
        """The word of `ANSWERS`, or the status, for this request."""
        if self.starting(t):
            return "502"
        mine = (fault for fault in self._of("http", path, query) if fault.span(t))
        found = (fault for fault in mine if self._strikes(fault, method, path))
        fault = next(found, None)
        return fault.how if fault else None

    def refused(self, path: str, t: float) -> bool:
        """Whether this stream is one too many."""
        found = (fault for fault in self._of("sse", path) if fault.how == "refused" and fault.span(t))
        return any(self._strikes(fault, "SSE", path) for fault in found)

    def fates(self, path: str, opened: float) -> Iterator[tuple[float, float, str]]:
        """What befalls the stream opened now: from when, until when, and how, in the order of time."""
        mine = [fault for fault in self._of("sse", path) if fault.how != "refused"]
        offline = [fault for fault in self.faults if fault.how == "offline"]
        struck = [fault for fault in mine if self._strikes(fault, "SSE", path)]
        return heapq.merge(*(self._times(fault, path, opened) for fault in (*struck, *offline)))

    def offline(self, t: float) -> float | None:
        """Until when the router is off the net, if it is."""
        ends = [span[1] for fault in self.faults if fault.how == "offline" and (span := fault.span(t))]
        return max(ends, default=None)

    def starting(self, t: float) -> bool:
        """Whether the router has come up, and its API has not."""
        spans = (fault.span(t) for fault in self.faults if fault.how == "reboot")
        return any(span is not None and t >= span[1] - STARTING * (span[1] - span[0]) for span in spans)

    def _times(self, fault: Fault, path: str, opened: float) -> Iterator[tuple[float, float, str]]:
        place = f"SSE {_place(path)}"
        soon = opened + self._dice(fault, "when", place, self._asked[fault.text, place]).uniform(*BEFALLS)
        for begin, end in scenario.spans(opened, fault.start, fault.length, fault.every):
            if begin > opened or fault.sort == "router":
                yield begin, end, fault.how
            elif soon < end:
                yield soon, end, fault.how

    def _of(self, sort: str, path: str, query: str = "") -> Iterator[Fault]:
        return (fault for fault in self.faults if fault.sort == sort and fault.fits(path, query))

    def _strikes(self, fault: Fault, method: str, path: str) -> bool:
        """Counts this occasion, and says whether it is one of those asked for."""
        place = f"{method} {_place(path)}" if len(self._asked) < KEYS_MAX else ""
        self._asked[fault.text, place] += 1
        if fault.chance < 1 and self._dice(fault, place, self._asked[fault.text, place]).random() >= fault.chance:
            return False
        self._struck[fault.text] += 1
        return fault.first is None or self._struck[fault.text] <= fault.first

    def _dice(self, fault: Fault, *about: object) -> Random:
        return Random("/".join(map(str, (self._seed, fault.text, *about))))


def _place(path: str) -> str:
    """The call that a path makes, without what it writes."""
    return "/".join(path.split("/")[:7])
