"""What reaches the terminal, byte for byte, and how it is left."""

from __future__ import annotations

import re
import signal
import stat
import time
from pathlib import Path

import pytest

from bletui.console.terminal import LAST_ANSWER
from tests.console.pty_console import CLEARS, LEFT, QUERY, PtyConsole, colours, foreign, plain
from tests.console.pty_program import TOKEN


def test_hostile_text_reaches_the_terminal_as_visible_escapes_only() -> None:
    with PtyConsole("hostile", size=(120, 40)) as console:
        console.until_text("15 of 15")
        console.press("s", "sort by")
        console.press("n", "enter Details")
        console.press("\r", "Next device")
        console.press("\x1b", "enter Details")
        console.press("2", "0 links")
        console.press("4", "following")
        console.press("5", "Nothing is wrong")
        console.press("1", "15 of 15")
        console.press("?", "Everywhere")
        console.press("\x1b", "15 of 15")
        console.press("q")
        assert console.end() == 0
        assert "\\x1b]52;c;Y2xpcA" in plain(console.output)
        assert "[/b] [red" in plain(console.output)
        assert foreign(console.output) == []
        assert "\u202e" not in console.output.decode()
        assert "\u200b" not in console.output.decode()
        assert b"]52;" not in console.output.replace(b"\\x1b]52;", b"")
        assert not CLEARS.search(console.output)
        assert console.output.count(LEFT) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal_and_lets_the_radio_go(number: signal.Signals, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    with PtyConsole(environ={"CLOSED": str(closed)}) as console:
        console.until_text("Ruuvi 7F2A")
        console.signal(number)
        assert console.end() == 128 + number
        assert LEFT in console.output
        assert closed.read_text() == "closed"


def test_a_terminal_that_closes_lets_the_radio_go(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    with PtyConsole(environ={"CLOSED": str(closed)}) as console:
        console.until_text("Ruuvi 7F2A")
        console.process.ptyproc.fileobj.close()
        console.process.wait()
        assert (console.process.exitstatus, console.process.signalstatus) == (129, None)
        assert closed.read_text() == "closed"


def test_a_bug_leaves_the_terminal_whole_and_a_report_without_locals(tmp_path: Path) -> None:
    with PtyConsole("bug", environ={"HOME": str(tmp_path), "CLOSED": str(tmp_path / "closed")}) as console:
        assert console.end() == 70
        assert LEFT in console.output
        after = console.output.partition(LEFT)[2]
        assert "a bug of its own" in " ".join(plain(after).split())
        assert b"Traceback" not in console.output
        assert TOKEN.encode() not in console.output
        assert foreign(console.output) == []
        (report,) = (tmp_path / ".local/state/bletui").iterdir()
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
        text = report.read_text()
        assert "a bug with 14 letters\\x1b]52" in text
        assert "pty_program.py" in text
        assert TOKEN not in text
        assert (tmp_path / "closed").read_text() == "closed"


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"NO_COLOR": "1", "COLORTERM": "truecolor"}])
def test_no_color_sends_no_colour(environ: dict[str, str]) -> None:
    with PtyConsole(environ=environ) as console:
        console.until_text("Ruuvi 7F2A")
        console.press("q")
        assert console.end() == 0
        assert colours(console.output) == []


@pytest.mark.parametrize(
    ("environ", "pattern"),
    [
        ({"TERM": "xterm-16color"}, rb"3[0-7]|4[0-7]|9[0-7]|10[0-7]|[0-9]"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, rb"38;5;[0-9]+|3[0-7]|[0-9]"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, rb"38;2;[0-9;]+|3[0-7]|[0-9]"),
    ],
)
def test_the_colours_are_those_that_the_terminal_has(environ: dict[str, str], pattern: bytes) -> None:
    with PtyConsole(environ=environ) as console:
        console.until_text("Ruuvi 7F2A")
        console.press("q")
        assert console.end() == 0
        found = colours(console.output)
        assert found
        assert [sgr for sgr in found if not re.fullmatch(rb"(?:(?:" + pattern + rb");?)*", sgr)] == []


def test_ascii_only_sends_nothing_else() -> None:
    with PtyConsole("calm", "--ascii") as console:
        console.until_text("Ruuvi 7F2A")
        console.press("q")
        assert console.end() == 0
        assert console.output.isascii()


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": ""}])
def test_a_dumb_terminal_is_refused_with_the_headless_way(environ: dict[str, str]) -> None:
    with PtyConsole(environ=environ) as console:
        assert console.end() == 2
        assert b"bletui scan tiny:" in console.output
        assert b"\x1b" not in console.output


def test_it_can_be_suspended_and_comes_back() -> None:
    with PtyConsole() as console:
        console.until_text("Ruuvi 7F2A")
        console.press("\x1a")
        console.until(lambda output: LEFT in output and console.stopped())
        seen = len(console.output)
        console.signal(signal.SIGCONT)
        console.until(lambda output: b"Ruuvi 7F2A" in output[seen:])
        console.press("q")
        assert console.end() == 0


def test_a_terminal_that_answers_no_query_still_gets_frames() -> None:
    with PtyConsole(mute=True) as console:
        console.until_text("Ruuvi 7F2A")
        console.press("q")
        assert console.end() == 0


def test_leaving_waits_for_the_last_answer_which_would_be_typed_into_the_shell() -> None:
    with PtyConsole() as console:
        console.until_text("Ruuvi 7F2A")
        console.hold()
        asked = console.output.count(QUERY)
        console.until(lambda output: output.count(QUERY) > asked)
        pressed = time.monotonic()
        console.press("q")
        assert console.end() == 0
        assert time.monotonic() - pressed >= LAST_ANSWER
        assert console.output.rindex(QUERY) < console.output.index(LEFT)


def test_a_wrong_filter_is_refused_before_anything_is_drawn() -> None:
    with PtyConsole("wrong") as console:
        assert console.end() == 1  # the command line turns the failure into exit code 2
        assert b"FilterError" in console.output
        assert b"?1049h" not in console.output
