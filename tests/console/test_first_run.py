"""Where nobody named a target and no radio can scan: what was found, the simulator by one key, and the first hint."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from bletui.console.commands import BY_ID
from bletui.console.empty import Why, why_empty
from bletui.console.listing import Counts
from bletui.console.spans import width, words
from bletui.console.terminal import HarmlessFilter
from bletui.console.widgets.emptiness import emptiness
from bletui.failure import ErrorKind, Failure
from bletui.model import Lane, LaneChanged, StreamChanged
from bletui.session import Joined
from bletui.target import parse
from tests.console.pty_console import PtyConsole

ASKED: list[int] = []
LONG = "none at /a/rather/long/path/that/somebody/has/chosen/config.toml; bletui config init writes a first one"


def found(lanes: Collection[str]) -> Iterable[tuple[str, str]]:
    ASKED.append(1)
    return ("adapters", ", ".join(lanes) or "none"), ("config", "none: \x1b[2J is not there"), ("bridge", LONG)


def why(joined: Joined, *, first: bool = True) -> Why | None:
    look = found if first else None
    return why_empty([joined], Counts(0, 0, 0, 0), expression="", now=2.0, waited=1.0, found=look)


def deaf(*, down: bool = False) -> Joined:
    joined = Joined("local", parse("local:"))
    joined.failure = Failure(kind=ErrorKind.ADAPTER_MISSING)
    if down:
        joined.note([StreamChanged(1.0, None, "scan", "broken", joined.failure, 4.0)])
    return joined


def shown(told: Why | None, columns: int = 80, rows: int = 20) -> list[str]:
    assert told is not None
    return [words(row).rstrip() for row in emptiness(told, columns, rows)]


@pytest.mark.parametrize("down", [False, True])
def test_it_says_what_it_found_and_offers_the_simulator(down: bool) -> None:
    lines = shown(why(deaf(down=down)))
    said = "\n".join(lines)
    assert "No target was named, and no radio here can scan" in said
    assert ErrorKind.ADAPTER_MISSING.code in said
    assert "adapters  none" in said
    assert "\\x1b[2J" in said
    assert "o Open simulator" in said
    assert len({len(line) - len(line.lstrip()) for line in lines if "·" in line or "adapters" in line}) == 1


def test_adapters_that_a_radio_knows_are_handed_on() -> None:
    joined = deaf()
    joined.note([LaneChanged(1.0, Lane("local/hci7", "hci7"))])
    assert "adapters  hci7" in "\n".join(shown(why(joined)))


def test_a_target_that_was_named_is_the_only_thing_to_talk_about() -> None:
    assert "adapters" not in "\n".join(shown(why(deaf(), first=False)))


@pytest.mark.parametrize(("columns", "rows"), [(80, 20), (60, 16), (118, 36), (40, 9), (20, 3)])
def test_it_fits_and_the_keys_come_before_what_is_known(columns: int, rows: int) -> None:
    told = why(deaf())
    assert told is not None
    drawn = emptiness(told, columns, rows)
    assert all(width(row) <= columns for row in drawn)
    if rows >= 9:
        assert len(drawn) <= rows
        assert all(any(words(row).strip().startswith(BY_ID[key].shown_key) for row in drawn) for key in told.keys)
    if rows >= 16:
        assert "writes a first one" in " ".join("".join(map(words, drawn)).split())


def test_nothing_is_looked_for_while_radios_open() -> None:
    ASKED.clear()
    assert why(Joined("local", parse("local:"))) is not None
    assert not ASKED


def test_from_nothing_to_the_simulator_and_the_hint_is_gone_at_the_next_start(tmp_path: Path) -> None:
    bare = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/none"}
    with PtyConsole(program="bletui", environ=bare) as console:
        console.press("", "config    none at ~/.config/bletui/config.toml")
        for said in ("adapters  ", "bridge    none runs here", "o Open simulator", "New here? ? help"):
            console.until(lambda _, said=said: said in console.display())  # type: ignore[misc]
        console.press("\x7f")
        console.until(lambda _: "New here?" not in console.display())
        console.press("o", "SIMULATED DATA")
        console.press("q")
        assert console.end() == 0
    with PtyConsole("sim:lab", program="bletui", environ=bare) as console:
        console.press("", "SIMULATED DATA")
        console.until(lambda _: "C0:DE:1A" in console.display())
        assert "New here?" not in console.display()
        console.press("q")
        assert console.end() == 0


def test_our_own_marks_have_twins_where_only_ascii_is_drawn() -> None:
    filter_ = HarmlessFilter(ascii_only=True)
    (shown,) = filter_.apply([Segment("? help · ↑ 25 °C … ✓")], Color(0, 0, 0))
    assert shown.text == "? help - ^ 25 oC ~ ?"
