"""The same walk on every kind of terminal: nothing raw leaves, colours and characters are the terminal's own, and
each end in each mode restores it.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.console.pty_console import CLEARS, LEFT, PtyConsole, colours, foreign, plain

NO_UTF8 = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
SIXTEEN, MANY, NONE = rb"3[0-7]|4[0-7]|9[0-7]|10[0-7]|[0-9]", rb"[34]8;[25];[0-9;]+|3[0-7]|[0-9]", rb"[0-9]"
MODES = {"1": "15 of 15", "2": "0 links", "3": "No device is open", "4": "following", "5": "Nothing is wrong"}


@dataclass(frozen=True)
class Kind:
    """A terminal, its size, the colours that it may be sent, and in which mode which end comes."""

    environ: Mapping[str, str]
    size: tuple[int, int]
    sgr: bytes
    mode: str
    end: signal.Signals | str
    ascii_only: bool = False

    def __str__(self) -> str:
        named = "-".join(f"{name}={value}" for name, value in self.environ.items() if not name.startswith("PYTHON"))
        return f"{named}-{self.size[0]}x{self.size[1]}"


KINDS = (
    Kind({"TERM": "xterm-256color"}, (60, 20), MANY, "2", signal.SIGHUP),
    Kind({"TERM": "xterm-16color"}, (100, 30), SIXTEEN, "3", signal.SIGTERM),
    Kind({"TERM": "tmux-256color"}, (120, 40), MANY, "4", "closed"),
    Kind({"TERM": "screen"}, (80, 24), SIXTEEN, "5", signal.SIGHUP),
    Kind({"TERM": "linux"}, (80, 24), SIXTEEN, "2", "closed"),
    Kind({"TERM": "vt100"}, (80, 24), SIXTEEN, "4", signal.SIGTERM),
    Kind({"TERM": "xterm-256color", "NO_COLOR": "1"}, (200, 50), NONE, "5", signal.SIGTERM),
    Kind({"TERM": "xterm-16color"} | NO_UTF8, (80, 24), SIXTEEN, "3", signal.SIGHUP, ascii_only=True),
)


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[bytes]]]:
    """All terminals at once: a walk is mostly waiting. Forked here, before there are threads."""
    with ExitStack() as all_of_them, ThreadPoolExecutor(len(KINDS)) as pool:
        started = []
        for kind in KINDS:
            closed = tmp_path_factory.mktemp("walk") / "closed"
            environ = {**kind.environ, "CLOSED": str(closed)}
            console = PtyConsole("hostile", environ=environ, size=kind.size)
            started.append((kind, all_of_them.enter_context(console), closed))
        yield {str(each[0]): pool.submit(walk, *each) for each in started}


def walk(kind: Kind, console: PtyConsole, closed: Path) -> bytes:
    """Every byte of a console that was led through everything and then ended."""
    console.until_text("15 of 15", within=60)
    for keys, then in WALK:
        press(console, keys, then)
    press(console, kind.mode, MODES[kind.mode])
    finish(console, kind.end)
    assert closed.read_text() == "closed"
    return console.output


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_nothing_raw_leaves_and_colours_are_the_terminals_own(kind: Kind, walks: Mapping[str, Future[bytes]]) -> None:
    output = walks[str(kind)].result()
    assert foreign(output) == []
    assert not CLEARS.search(output)
    assert b"]52;" not in output.replace(b"\\x1b]52;", b"")
    assert [sgr for sgr in colours(output) if not re.fullmatch(rb"(?:(?:" + kind.sgr + rb");?)*", sgr)] == []
    assert output.isascii() or not kind.ascii_only


# Every mode, every place of Scan, the help, the palette and a dialogue; each time, what then has to stand there, or
# (`!`) no longer may: what follows an escape at once would be taken for an alt chord.
WALK = (
    ("s", "sort by"), ("n", "sorted by"), ("\r", "Next device"), ("\x1b", "enter Details"),
    ("/", "enter Keep"), ("rssi>=", ""), ("\x1b", "enter Details"),
    ("2", MODES["2"]), ("c", "esc Cancel"), ("\x1b", "!esc Cancel"),
    ("3", MODES["3"]), ("4", MODES["4"]), ("5", MODES["5"]),
    ("\x10", "command, device"), ("\x1b", "!command, device"), ("1", MODES["1"]), ("?", "Moving"), ("\x1b", MODES["1"]),
)  # fmt: skip


def press(console: PtyConsole, keys: str, then: str) -> None:
    console.press(keys)
    console.until(lambda _: (then.removeprefix("!") in console.display()) is not then.startswith("!"))


def finish(console: PtyConsole, end: signal.Signals | str) -> None:
    """Ends the console from outside and looks how it left."""
    if end == "closed":
        console.process.ptyproc.fileobj.close()
        console.process.wait()
        assert (console.process.exitstatus, console.process.signalstatus) == (128 + signal.SIGHUP, None)
        return
    assert isinstance(end, signal.Signals)
    console.signal(end)
    assert console.end() == 128 + end
    assert console.output.count(LEFT) == 1


def test_a_storm_of_sizes_down_to_one_cell_and_back() -> None:
    with PtyConsole("hostile", size=(80, 24)) as console:
        console.until_text("15 of 15")
        for mode in "12345":
            console.press(mode, MODES[mode])
            for n in range(20):
                console.resize(*((1, 1), (200, 50), (2, 30), (60, 20), (300, 2))[n % 5])
            console.resize(80, 24)
            console.until(lambda _, then=MODES[mode]: then in console.display())  # type: ignore[misc]
        console.press("2c", "esc Cancel")
        for n in range(20):
            console.resize(1 + n, 1 + n % 7)
        console.resize(80, 24)
        console.until(lambda _: "esc Cancel" in console.display())
        press(console, "\x1b", "!esc Cancel")
        console.press("q")
        assert console.end() == 0
        assert foreign(console.output) == []


JUNK = b"\x1b[31m\x1b]52;c;Y2xpcA==\x07q\x9b2J\x00\xff\xe2\x80\xae5\r\n\x1b[2J" * 30_000  # 1.05 MB


def test_what_is_pasted_is_text_and_never_keys() -> None:
    with PtyConsole(size=(80, 24)) as console:
        console.until_text("Ruuvi 7F2A")
        console.paste(JUNK)  # into the list: nothing takes it
        console.press("/", "enter Keep")
        console.paste(JUNK)
        console.press("\x1b", "enter Details")
        console.press("2c", "esc Cancel")
        console.paste(JUNK)
        press(console, "\x1b", "!esc Cancel")
        console.press("1", "3 of 3")
        console.press("q")
        assert console.end() == 0
        assert foreign(console.output) == []
        assert b"\x1b]52" not in console.output
        assert "Traceback" not in plain(console.output)


@pytest.mark.parametrize("mode", ["2", "5"])
def test_stopped_and_woken_in_another_mode(mode: str) -> None:
    with PtyConsole(size=(80, 24)) as console:
        console.until_text("Ruuvi 7F2A")
        console.press(mode, MODES[mode])
        console.press("\x1a")
        console.until(lambda output: LEFT in output and console.stopped())
        seen = len(console.output)
        console.signal(signal.SIGCONT)
        console.until(lambda output: MODES[mode] in plain(output[seen:]))
        console.press("1", "3 of 3")
        console.press("q")
        assert console.end() == 0
