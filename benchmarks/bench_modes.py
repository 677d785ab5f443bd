"""Keys, mode switches, a large tree and a full log on every screen, at 1,000 packets/s and 50,000 devices, in a pty.

    python -m benchmarks.bench_modes [--quick]

A key's time runs from its write to the pty to the last changed byte that it caused: output is then followed by the
synchronized-output query, or by a silence, whichever comes first.
"""

from __future__ import annotations

import statistics
import sys
import time

import pyte

from benchmarks.bench_console import report
from benchmarks.bench_slow_link import LEFT, Link
from benchmarks.terminal import QUERY, Program

SHOWN = {"1": b"50000 of 50000", "2": b"link", "3": b"300", "4": b"100000 lines", "5": b"now"}
KEYS = {  # by mode: what each pair of keys does, and undoes
    "1": {"row": [b"j", b"k"], "page": [b"\x04", b"\x15"]},
    "2": {"row": [b"j", b"k"]},
    "3": {"row": [b"j", b"k"], "page": [b"\x04", b"\x15"], "end": [b"G", b"g"]},
    "4": {"row": [b"k", b"j"], "page": [b"\x15", b"\x04"]},
    "5": {"card": [b"e", b"e"]},
}
QUIET = 0.03  # seconds without a byte after which a key's answer is whole
ARGV = [sys.executable, "-m", "benchmarks.mode_program", "50000", "1000"]
SIXTEEN = {"TERM": "xterm-16color"}


def answered(program: Program, keys: bytes, within: float = 5.0) -> tuple[float, int]:
    """Seconds to the last byte of the answer to `keys`, and its bytes; a data frame in between is part of both."""
    at, began = len(program.output), time.perf_counter()
    program.type(keys)
    last, seen = began, at
    while time.perf_counter() - began < within:
        program.read(QUIET)
        now = time.perf_counter()
        if bytes(program.output[seen:]).replace(QUERY, b""):
            last = now
        elif last > began and now - last >= QUIET:
            return last - began, len(bytes(program.output[at:]).replace(QUERY, b""))
        seen = len(program.output)
    raise TimeoutError(f"{keys!r} changed nothing, or the screen never rested")


def key_times(program: Program, keys: list[bytes]) -> list[float]:
    times = []
    for key in keys:
        times.append(answered(program, key)[0])
        program.listen(0.11)  # out of step with the data frames
    return times


def near(quick: bool) -> list[bool]:
    rounds = 8 if quick else 20
    program = Program(ARGV, environ=SIXTEEN)
    kept = []
    try:
        program.until(SHOWN["1"])
        program.listen(3)
        switches = {}
        for mode in "234512345":  # the first round builds the screens
            switches[mode] = answered(program, mode.encode())
            program.listen(0.6)
        for mode in SHOWN:
            program.type(mode.encode())
            program.listen(1.0)
            for what, keys in KEYS[mode].items():
                times = key_times(program, keys * rounds)
                kept.append(report(f"mode {mode}: {what}, median", statistics.median(times) * 1000, 50, " ms"))
            kept.append(report(f"mode {mode}: switch", switches[mode][1] / 1000, 5, " kB"))
        kept.append(report("the tree of 300 characteristics, opened", switches["3"][0] * 1000, 100, " ms"))
        kept.append(report("the log of 100,000 lines, first to last", log_scroll(program) * 1000, 100, " ms"))
        typed, found = log_filter(program)
        kept.append(report("its filter: a letter typed, median", typed * 1000, 50, " ms"))
        kept.append(report("its filter: every line tried", found, 5, " s"))
    finally:
        program.kill()
    return kept


def log_scroll(program: Program) -> float:
    """The slowest of jumps and pages through as many lines as the log holds."""
    program.type(b"4")
    program.listen(1.0)
    return max(key_times(program, [b"g", b"G", b"g", *[b"\x04"] * 10, b"G", *[b"\x15"] * 10]))


def log_filter(program: Program) -> tuple[float, float]:
    """Seconds to the answer of a letter, and until a filter that few lines match has been tried on each."""
    program.type(b"/")
    program.listen(0.5)
    times = key_times(program, [bytes([letter]) for letter in b"device=C0:FF* 0x0003 01 86"])
    program.type(b"\r")
    program.listen(0.5)
    program.type(b"x/device=C0:FF* 0x0003 01 86\r")  # at once, so that the last letter begins it
    began = time.perf_counter()
    program.listen(0.2)
    while "searched" in status_line(program) and time.perf_counter() - began < 20:
        program.listen(0.1)
    found = time.perf_counter() - began
    program.type(b"x")
    program.listen(0.5)
    return statistics.median(times), found


def status_line(program: Program) -> str:
    """The second line, as it stands."""
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(bytes(program.output))
    return str(screen.display[1])


def far(quick: bool) -> list[bool]:
    """Every mode over 5 kB/s: its first sight, and `q` from it."""
    kept = []
    for mode in "15" if quick else SHOWN:
        link = Link(ARGV, environ=SIXTEEN)
        try:
            link.far(64 * 1024)
            run_link(link, 12.0, SHOWN["1"])
            link.seen.clear()
            link.type(mode.encode())
            shown = run_link(link, 10.0, SHOWN[mode]) if mode != "1" else 0.0
            run_link(link, 4.0, b"\0")
            link.type(b"q")
            left = run_link(link, 20.0, LEFT)
        finally:
            link.kill()
        kept.append(report(f"5 kB/s, mode {mode}: in sight", shown, 2, " s"))
        kept.append(report(f"5 kB/s, mode {mode}: q", left, 2, " s"))
    return kept


def run_link(link: Link, within: float, text: bytes) -> float:
    """Seconds until `text` has arrived at the far end, or `within`."""
    began = time.perf_counter()
    while text not in link.seen and time.perf_counter() - began < within:
        if not link.step():
            break
    return time.perf_counter() - began


def main() -> int:
    quick = "--quick" in sys.argv
    print("Every mode at 1,000 packets/s and 50,000 devices, 80x24, 16 colours")
    return 0 if all([*near(quick), *far(quick)]) else 1


if __name__ == "__main__":
    sys.exit(main())
