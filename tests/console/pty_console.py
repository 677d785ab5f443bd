"""A console of its own process in a pty: what is typed goes in, every byte that comes out is kept."""

from __future__ import annotations

import os
import re
import selectors
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import pexpect
import pyte

QUERY = b"\x1b[?2026$p"
ANSWER = b"\x1b[?2026;2$y"
LEFT = b"\x1b[?1049l"  # the main screen is back

ROOT = Path(__file__).parents[2]


class PtyConsole:
    """`environ` on top of a bare one; answers the synchronized-output query as a terminal does unless `mute`."""

    def __init__(
        self,
        *args: str,
        environ: Mapping[str, str] = MappingProxyType({}),
        mute: bool = False,
        size: tuple[int, int] = (80, 24),
        program: str = "tests.console.pty_program",
    ) -> None:
        bare = {"PATH": os.environ["PATH"], "HOME": environ.get("HOME", "/nonexistent"), "LANG": "C.UTF-8"}
        columns, rows = size
        self.process = pexpect.spawn(
            sys.executable,
            ["-m", program, *args],
            cwd=str(ROOT),
            env=bare | {"TERM": "xterm-256color"} | dict(environ),
            dimensions=(rows, columns),
            timeout=None,
        )
        self.output = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._answered = 0
        self._mute = mute
        self._ready = selectors.DefaultSelector()
        self._ready.register(self.process.child_fd, selectors.EVENT_READ)

    def __enter__(self) -> PtyConsole:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.close(force=True)

    def until(self, true: Callable[[bytes], object], within: float = 20.0) -> bytes:
        """Reads until `true(output)`; everything read so far."""
        end = time.monotonic() + within
        while not true(self.output):
            assert time.monotonic() < end, f"not within {within} s; the end: {self.output[-2000:]!r}"
            self._read(0.2)
        return self.output

    def until_text(self, text: str, within: float = 20.0) -> bytes:
        return self.until(lambda output: text in plain(output), within)

    def press(self, keys: str, then: str = "") -> None:
        """Types `keys`, and waits for `then` on the screen as it stands."""
        self.process.send(keys)
        if then:
            self.until(lambda _: then in self.display())

    def paste(self, junk: bytes) -> None:
        """Types `junk` as terminals hand on what was pasted, and reads meanwhile, as the way back must not fill up."""
        left = memoryview(b"\x1b[200~" + junk + b"\x1b[201~")
        os.set_blocking(self.process.child_fd, False)
        try:
            with selectors.DefaultSelector() as room:
                room.register(self.process.child_fd, selectors.EVENT_WRITE)
                while left:
                    if room.select(0.01):
                        with suppress(BlockingIOError):  # a pty may be ready and yet have no room for so much
                            left = left[os.write(self.process.child_fd, left[:1024]) :]
                    self._read(0)
        finally:
            os.set_blocking(self.process.child_fd, True)

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)
        self._read(0)

    def display(self) -> str:
        """The screen as a terminal shows it now."""
        return "\n".join(self._screen.display)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def stopped(self) -> bool:
        """Whether the process was stopped by a signal (proc(5), state T)."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def end(self, within: float = 20.0) -> int:
        """Reads to the end; the exit code, 128 + n for a signal."""
        finish = time.monotonic() + within
        while self._read(0.2):
            assert time.monotonic() < finish, f"still running; the end: {self.output[-2000:]!r}"
        self.process.wait()
        code = self.process.exitstatus
        return 128 + int(self.process.signalstatus or 0) if code is None else int(code)

    def _read(self, wait: float) -> bool:
        if not self._ready.select(wait):
            return True
        try:
            data = os.read(self.process.child_fd, 65536)
        except OSError:
            return False
        self.output += data
        self._stream.feed(_PRIVATE.sub(b"", data))
        asked = self.output.count(QUERY)
        while self._answered < asked and not self._mute:
            self._answered += 1
            os.write(self.process.child_fd, ANSWER)
        return bool(data)

    def hold(self) -> None:
        """Answers no query from now on."""
        self._mute = True


_PRIVATE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9]+\$p")  # what pyte does not know
_SEQUENCE = re.compile(rb"\x1b\[[0-9;?<>=$]*[ -/]*[@-~]|\x1b[=>()][0-9A-Z]?")


def plain(output: bytes) -> str:
    """The text without control sequences; cursor movements become blanks."""
    return _SEQUENCE.sub(b" ", output).decode("utf-8", "replace")


def colours(output: bytes) -> list[bytes]:
    """Every SGR parameter that sets a colour."""
    found = []
    for sgr in re.findall(rb"\x1b\[([0-9;]*)m", output):
        parameters = sgr.split(b";")
        if any(re.fullmatch(rb"3[0-8]|4[0-8]|9[0-7]|10[0-7]", each) for each in parameters):
            found.append(sgr)
    return found


# Every sequence that Textual itself may send. What is not on the list came from somewhere else.
OWN = re.compile(
    rb"\x1b\]22;[a-z]*\x07|\x1b\[\??[0-9;]*[hlmHJKABCDGd]|\x1b\[[<>][0-9;]*u|\x1b\[\?[0-9]+\$p"
    rb"|\x1b\[[0-9 ]*q|\x1b\[[<>=][0-9;]*[a-z]"
)
CLEARS = re.compile(rb"\x1b\[[23]?J")


def foreign(output: bytes) -> list[bytes]:
    """Control bytes and sequences that are not Textual's."""
    rest = OWN.sub(b"", output).decode("utf-8")
    return [each.encode() for each in re.findall(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest)]
