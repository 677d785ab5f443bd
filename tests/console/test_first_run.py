"""Where nobody named a target and no radio can scan: what was found, and the simulator by one key."""

from __future__ import annotations

from collections.abc import Iterable

from bletui.console.empty import Why, why_empty
from bletui.console.listing import Counts
from bletui.console.spans import words
from bletui.failure import ErrorKind, Failure
from bletui.session import Joined
from bletui.target import parse

ASKED: list[int] = []


def found() -> Iterable[str]:
    ASKED.append(1)
    return "adapters  none", "config    none: \x1b[2J is not there"


def why(joined: Joined, *, first: bool = True) -> Why | None:
    look = found if first else None
    return why_empty([joined], Counts(0, 0, 0, 0), expression="", now=2.0, waited=1.0, found=look)


def test_it_says_what_it_found_and_offers_the_simulator() -> None:
    joined = Joined("local", parse("local:"))
    joined.failure = Failure(kind=ErrorKind.ADAPTER_MISSING)
    told = why(joined)
    assert told is not None
    said = "\n".join(map(words, told.lines))
    assert ErrorKind.ADAPTER_MISSING.code in said
    assert "adapters  none" in said
    assert "\\x1b[2J" in said
    assert "o opens a simulated site" in said
    assert told.keys[0] == "app.simulator"
    named = why(joined, first=False)
    assert named is not None
    assert "adapters" not in "\n".join(map(words, named.lines))


def test_nothing_is_looked_for_while_radios_open() -> None:
    ASKED.clear()
    assert why(Joined("local", parse("local:"))) is not None
    assert not ASKED
