"""A program in a pty of its own, and a reader that answers as a terminal does."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

QUERY = b"\x1b[?2026$p"
ANSWER = b"\x1b[?2026;2$y"


@dataclass
class Program:
    """Starts `argv`; `output` is every byte so far, `read` reads for a while and answers queries."""

    argv: Sequence[str]
    size: tuple[int, int] = (80, 24)
    environ: Mapping[str, str] = field(default_factory=dict)
    answers: bool = True
    output: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        columns, rows = self.size
        self.started = time.perf_counter()
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            os.execvpe(self.argv[0], list(self.argv), {**kept, "LANG": "C.UTF-8", **self.environ})
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._asked = 0

    def read(self, seconds: float) -> bool:
        """Reads what comes within `seconds`, once; False when the program has ended."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.output += data
        if self.answers:
            self.answer(data)
        return bool(data)

    def answer(self, data: bytes) -> None:
        for _ in range(data.count(QUERY)):
            os.write(self.master, ANSWER)

    def until(self, text: bytes, start: int = 0, within: float = 60.0) -> float:
        """Seconds until `text` stands in what came after byte `start`."""
        began = time.perf_counter()
        while text not in self.output[start:]:
            if not self.read(0.05) or time.perf_counter() - began > within:
                raise TimeoutError(f"{text!r} did not come; the end: {bytes(self.output[-400:])!r}")
        return time.perf_counter() - began

    def listen(self, seconds: float) -> int:
        """Reads for `seconds`; the number of bytes."""
        before, end = len(self.output), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and self.read(left):
            pass
        return len(self.output) - before

    def cpu(self) -> float:
        """CPU seconds of the process so far (proc(5), utime and stime)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.master)
