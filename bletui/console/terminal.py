"""What touches Textual's driver and the process's terminal."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Callable

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual.app import App
from textual.color import Color
from textual.driver import Driver
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.worker import WorkerFailed

from bletui.text import is_clean

BUG = 70  # exit code
LAST_ANSWER = 1.0  # seconds that leaving waits for the answer to the last query
SYNC_QUERY = "\x1b[?2026$p"  # DECRQM for synchronized output; Textual reports the answer as a message

_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_PLAIN = str.maketrans("·…↑↓←→–—°", "-~^v<>--o")  # what our own words are written with, in as many cells


class HarmlessFilter(LineFilter):
    """The last door before the terminal: nothing active or invisible leaves, whatever widget it came through.

    Textual lets ESC and C1 in a widget's text pass. Model and widgets escape what is hostile; this is for what
    they missed. `ascii_only`: the terminal's encoding can't take more.
    """

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.control or (segment.text.isascii() and segment.text.isprintable())
            else Segment(self._harmless(segment.text), segment.style)
            for segment in segments
        ]

    def _harmless(self, text: str) -> str:
        text = text if is_clean(text) else "".join(each if is_clean(each) else "?" for each in text)
        if not self._ascii_only:
            return text
        return _BEYOND_ASCII.sub(lambda found: "?" * cell_len(found[0]), text.translate(_PLAIN))


def driver() -> type[Driver] | None:
    """What reads the terminal; None: Textual's own choice, where there is no termios."""
    if sys.platform == "win32":
        return None
    from bletui.console.keyboard import Keyboard

    return Keyboard


def tell_size(app: App[None], told: Size) -> None:
    """Where the terminal has another size than the application was `told` last, tells that one.

    A SIGWINCH that interrupts the handling of the one before is told first, and the older size last.
    """
    now = getattr(app._driver, "size_now", None)
    if now is not None and (size := now()) != told:
        app.post_message(Resize(size, size))


def ask(app: App[None]) -> None:
    """Sends the query behind whatever was painted before it."""
    driver = app._driver
    if driver is not None and app.is_running and app._exception is None and not app.is_headless:
        driver.write(SYNC_QUERY)
        driver.flush()


def end_on_signals(leave: Callable[[int], None]) -> None:
    """Calls `leave(128 + n)` on SIGINT, SIGTERM and SIGHUP, so that the terminal is restored and radios are let go."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        try:
            loop.add_signal_handler(number, leave, 128 + number)
        except (NotImplementedError, RuntimeError, ValueError):
            return  # Windows, or not the main thread (a test's): the process's own handling stays


def farewell(bug: BaseException | None) -> tuple[int, Text]:
    """After a bug: the exit code, and what then stands on the terminal. No traceback: it would print locals."""
    from bletui.crash import write_report

    if isinstance(bug, WorkerFailed):
        bug = bug.error  # with the traceback of where it happened
    report = write_report(bug) if bug else None
    where = f"A report without personal data is in {report}" if report else "No report could be written"
    return BUG, Text(f"bletui met a bug of its own and had to stop. {where}.")
