"""The console over a link of 5 kB/s with 64 KiB and 1 MiB of buffer on the way: `q` must restore the far screen in 2 s.

    python -m benchmarks.bench_slow_link [--quick]

The link stands between the pty and the far terminal: it takes bytes from the pty while its buffer has room, and hands
on 5,000 a second. The far terminal answers the queries that reach it, half a round trip later.
"""

from __future__ import annotations

import sys
import time
from collections import deque

from benchmarks.terminal import ANSWER, QUERY, Program

RATE = 5_000  # bytes a second
DELAY = 0.1  # seconds that an answer or a key takes back
LEFT = b"\x1b[?1049l"
TARGET = 2.0  # seconds


class Link(Program):
    """A program whose terminal is far away."""

    def far(self, buffer: int) -> None:
        """Puts `buffer` bytes of room between here and there."""
        self.room = buffer
        self.way: deque[bytes] = deque()
        self.queued = 0
        self.seen = bytearray()  # what the far terminal has got
        self.credit, self.clock = 0.0, time.perf_counter()
        self.back: deque[tuple[float, bytes]] = deque()
        self.answers = False

    def step(self) -> bool:
        """One hundredth of a second of the link; False when the program has ended and everything has arrived."""
        alive = True
        before = len(self.output)
        if self.queued < self.room:
            alive = self.read(0.01)
            fresh = bytes(self.output[before:])
            if fresh:
                self.way.append(fresh)
                self.queued += len(fresh)
        else:
            time.sleep(0.01)
        now = time.perf_counter()
        self.credit = min(self.credit + (now - self.clock) * RATE, RATE * 0.05)
        self.clock = now
        self.arrive(int(self.credit), now)
        while self.back and self.back[0][0] <= now and alive:
            self.type(self.back.popleft()[1])
        return alive or bool(self.queued)

    def arrive(self, count: int, now: float) -> None:
        while count > 0 and self.way:
            head = self.way.popleft()
            if len(head) > count:
                self.way.appendleft(head[count:])
                head = head[:count]
            count -= len(head)
            self.credit -= len(head)
            self.queued -= len(head)
            asked = self.seen.count(QUERY)
            self.seen += head
            for _ in range(self.seen.count(QUERY) - asked):
                self.back.append((now + DELAY, ANSWER))


def quit_time(buffer: int, seconds: float, *more: str) -> tuple[float, int]:
    """Seconds from `q` to the far main screen after `seconds` of a busy list; bytes on the way when it was typed."""
    argv = [sys.executable, "-m", "benchmarks.console_programs", "console", "500", "-1", "4", *more]
    link = Link(argv, environ={"TERM": "xterm-16color"})
    try:
        link.far(buffer)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            link.step()
        waiting, at = link.queued, time.perf_counter()
        link.back.append((at + DELAY, b"q"))
        while LEFT not in link.seen:
            if not link.step() or time.perf_counter() - at > 60:
                break
        return time.perf_counter() - at, waiting
    finally:
        link.kill()


def main() -> int:
    seconds = 8.0 if "--quick" in sys.argv else 25.0
    missed = 0
    print("q over 5 kB/s, every row changing at 4 Hz, 16 colours, 80x24")
    for buffer in (64 * 1024, 1024 * 1024):
        took, waiting = quit_time(buffer, seconds)
        kept = took <= TARGET
        missed += not kept
        verdict = "ok  " if kept else "MISS"
        print(f"  {verdict} {buffer // 1024} KiB of buffer: {took:.2f} s (target <= {TARGET:.0f} s)", end="")
        print(f", {waiting} bytes were on the way")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
