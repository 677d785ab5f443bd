"""What can go wrong at a site on request, in the language of `bletui.scenario`, in the site's time.

WHERE is a lane's name or a device's address; none: all. HOW is a word of `WORDS` or any kind of failure by its dotted
name. A share is one of calls and links, not of streams and lanes, and each device has its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from bletui import scenario
from bletui.backends.simulator.refusals import ENDS
from bletui.backends.simulator.refusals import WORDS as REFUSALS
from bletui.failure import ErrorKind
from bletui.scenario import VERBS, Trouble

LENGTH, REBOOT = 5.0, 20.0  # seconds


class Effect(Enum):
    """What a fault does to a lane."""

    BROKEN = "its scan stream ends, with a failure and a time of the next try"
    SILENT = "its scan stream stays open and says nothing"
    UNUSABLE = "it is there and can't be used"
    GONE = "it is unplugged, or its router is off the net"
    REBOOT = "its adapter or router restarts: the lane, and the router's other chip, go and come back"
    DROP = "a link on it ends"
    CALL = "a call on it fails"


WORDS: dict[str, dict[str, tuple[Effect, ErrorKind | None]]] = {
    "stream": {"broken": (Effect.BROKEN, ErrorKind.NET_CLOSED), "silent": (Effect.SILENT, None)},
    "lane": {
        "off": (Effect.UNUSABLE, ErrorKind.ADAPTER_OFF),
        "down": (Effect.GONE, None),
        "reboot": (Effect.REBOOT, None),
    },
    "drop": dict.fromkeys(ENDS, (Effect.DROP, None)),
    **{verb: dict.fromkeys(REFUSALS, (Effect.CALL, None)) for verb in VERBS},
}
ANY_KIND = {
    "stream": Effect.BROKEN,
    "lane": Effect.UNUSABLE,
    "drop": Effect.DROP,
    **dict.fromkeys(VERBS, Effect.CALL),
}

_ADDRESS = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")


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
    first: int | None = None  # how often it befalls each device

    def fits(self, lane: str, address: str) -> bool:
        """Whether it is about this device's link on the lane of that name."""
        return self.lane in (None, lane) and self.address in (None, address)

    def span(self, t: float) -> tuple[float, float] | None:
        """From when to when it lasts, if it does at `t`."""
        return scenario.span(t, self.start, self.length, self.every)


def parse(text: str, lanes: Collection[str]) -> tuple[Fault, ...]:
    """The faults of one parameter; `lanes` are the names there are. Fails with `request.invalid`."""
    return tuple(_fault(trouble, lanes) for trouble in scenario.read(text))


def _fault(asked: Trouble, lanes: Collection[str]) -> Fault:
    effect, kind = _effect(asked)
    lane, address = _where(asked, lanes)
    length = asked.lasting(REBOOT if effect is Effect.REBOOT else LENGTH)
    if effect not in (Effect.DROP, Effect.CALL):
        if asked.chance < 1 or asked.first is not None:
            raise asked.wrong_share("a share is for calls and drops only")
        if address:
            raise asked.wrong_where("an address is for calls and drops only")
    return Fault(
        asked.text,
        effect,
        kind,
        lane,
        asked.start,
        length,
        asked.every,
        asked.what,
        asked.how,
        asked.chance,
        address,
        asked.first,
    )


def _where(asked: Trouble, lanes: Collection[str]) -> tuple[str | None, str | None]:
    """(lane, address)."""
    if asked.where is None or asked.where in lanes:
        return asked.where, None
    if _ADDRESS.fullmatch(asked.where.upper()):
        return None, asked.where.upper()
    raise asked.wrong_where(f"there is no lane {asked.where!r}; there are {', '.join(lanes)}")


def _effect(asked: Trouble) -> tuple[Effect, ErrorKind | None]:
    words = WORDS.get(asked.what)
    if words is None:
        raise asked.wrong_what(WORDS)
    if asked.how in words:
        return words[asked.how]
    kinds = {str(kind.value): kind for kind in ErrorKind}
    if asked.how not in kinds:
        raise asked.wrong_how(words, kinds, "a kind of failure")
    return ANY_KIND[asked.what], kinds[asked.how]
