"""Keys, mode switches, a large tree and a full log on every screen, at 1,000 packets/s and 50,000 devices, in a pty.

    python -m benchmarks.bench_modes [--quick]

A key's time runs from its write to the pty to the last changed byte that it caused: output is then followed by the
synchronized-output query, or by a silence, whichever comes first. Where rows must follow, the silence before them does
not count.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.bench_console import report
from benchmarks.bench_slow_link import DELAY, LEFT, Link
from benchmarks.terminal import QUERY, Program
from bletui.console.commands import FOCUS, of

SHOWN = {"1": b"50000 of 50000", "2": b"1 link", "3": b"310 attributes", "4": b"lines", "5": b"now"}
FOCI = {"1": "list", "2": "links", "3": "tree", "4": "log", "5": "problems"}  # what has the focus in each mode
ESCAPE = b"\x1b"


@dataclass(frozen=True)
class Place:
    """A screen or what stands over it: the keys that lead there, and by name pairs of keys that do and undo."""

    name: str
    there: tuple[bytes, ...]
    keys: Mapping[str, list[bytes]]
    leave: bytes = b""


ROW, PAGE, END = [b"j", b"k"], [b"\x04", b"\x15"], [b"G", b"g"]
LETTER = [b"0", b"\x7f"]
ROWS = "rows"  # the times that run until rows have changed places
ANYTHING = re.compile(b"")
OTHER_ROW = re.compile(rb"\x1b\[(?:[4-9]|1\d|2[01]);1H")  # one of the list painted from its first cell on
PLACES = (
    # First: around a cursor that was moved a filter may leave every row in sight where it is.
    Place("Scan, filter", (b"1", b"/", b"rssi<=-5"), {"letter": LETTER, ROWS: LETTER}, ESCAPE),
    Place("Scan", (b"1",), {"row": ROW, "page": PAGE, "end": END, "pause": [b" ", b" "], "pin": [b"p", b"p"]}),
    Place("Scan, details", (b"1", b"\r"), {"next": [b"l", b"h"]}, ESCAPE),
    Place("Scan, walk", (b"1", b"w"), {"bell": [b"b", b"b"]}, ESCAPE),
    Place("Help", (b"1", b"?"), {"row": ROW, "page": PAGE}, ESCAPE),
    Place("Connections", (b"2",), {"row": ROW}),
    Place("Connect", (b"2", b"c"), {"letter": LETTER}, ESCAPE),
    Place("GATT", (b"3",), {"row": ROW, "page": PAGE, "end": END}),
    Place("GATT, filter", (b"3", b"/", b"000"), {"letter": LETTER}, ESCAPE),
    Place("Write", (b"3", b"G", b"w"), {"letter": LETTER}, ESCAPE),
    Place("Log", (b"4",), {"row": [b"k", b"j"], "page": [b"\x15", b"\x04"], "end": [b"g", b"G"]}),
    Place("Log, filter", (b"4", b"/", b"device=C0:FF* 0x0003 0"), {"letter": LETTER}, ESCAPE),
    Place("Problems", (b"5",), {"card": [b"e", b"e"]}),
    Place("Explanation", (b"5", b"E"), {"row": ROW}, ESCAPE),
)
LINES = 100_000  # that the log holds
QUIET = 0.03  # seconds without a byte after which a key's answer is whole
ARGV = [sys.executable, "-m", "benchmarks.mode_program", "50000", "1000"]
SIXTEEN = {"TERM": "xterm-16color"}


def answered(
    program: Program, keys: bytes, within: float = 5.0, shows: re.Pattern[bytes] = ANYTHING
) -> tuple[float, int]:
    """Seconds to the last byte of the answer to `keys`, which `shows` something, and its bytes; a data frame in between
    is part of both."""
    at, began = len(program.output), time.perf_counter()
    program.type(keys)
    last, seen = began, at
    while time.perf_counter() - began < within:
        program.read(QUIET)
        now = time.perf_counter()
        if bytes(program.output[seen:]).replace(QUERY, b""):
            last = now
        elif last > began and now - last >= QUIET and shows.search(program.output, at):
            return last - began, len(bytes(program.output[at:]).replace(QUERY, b""))
        seen = len(program.output)
    raise TimeoutError(f"{keys!r} changed nothing, or the screen never rested")


def key_times(program: Program, keys: list[bytes], shows: re.Pattern[bytes] = ANYTHING) -> list[float]:
    times = []
    for key in keys:
        times.append(answered(program, key, shows=shows)[0])
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
            kept.append(report(f"mode {mode}: switch", switches[mode][1] / 1000, 5, " kB"))
        kept.append(report("the tree of 300 characteristics, opened", switches["3"][0] * 1000, 100, " ms"))
        for place in PLACES:
            kept += place_times(program, place, rounds)
        kept.append(
            report(f"{log_lines(program):,} lines: the slowest jump or page", log_scroll(program) * 1000, 100, " ms")
        )
    finally:
        program.kill()
    return kept


def place_times(program: Program, place: Place, rounds: int) -> Iterator[bool]:
    for keys in place.there:
        program.type(keys)
        program.listen(1.0)
    for what, pair in place.keys.items():
        times = key_times(program, pair * rounds, OTHER_ROW if what == ROWS else ANYTHING)
        yield report(f"{place.name}: {what}, median", statistics.median(times) * 1000, 50, " ms")
    if place.leave:
        program.type(place.leave)
        program.listen(1.0)


def log_lines(program: Program) -> int:
    """How many lines the log says that it holds."""
    at = len(program.output)
    program.type(b"14")
    program.listen(1.0)
    told = re.findall(rb"(\d+) lines", bytes(program.output[at:]))
    if not told or int(told[-1]) < LINES:
        raise RuntimeError(f"the log holds fewer than {LINES:,} lines: {told}")
    return int(told[-1])


def log_scroll(program: Program) -> float:
    """The slowest of jumps and pages through as many lines as the log holds."""
    return max(key_times(program, [b"g", b"G", b"g", *[b"\x04"] * 10, b"G", *[b"\x15"] * 10]))


def far(quick: bool) -> list[bool]:
    """Every mode over 5 kB/s: its first sight, the help over it, the way back, and `q`, as the far end sees them."""
    kept = []
    for mode in "15" if quick else SHOWN:
        link = Link(ARGV, environ=SIXTEEN)
        try:
            link.far(64 * 1024)
            seen(link, b"", SHOWN["1"], 30.0)
            quiet(link, 4.0)
            times = {"in sight": seen(link, mode.encode(), SHOWN[mode]) if mode != "1" else 0.0}
            quiet(link, 4.0)
            times["help"] = seen(link, b"?", next(of(FOCUS[FOCI[mode]][0])).help.encode())
            quiet(link, 2.0)
            times["back"] = seen(link, ESCAPE, SHOWN[mode])
            quiet(link, 4.0)
            times["q, twice where it asks"] = seen(link, b"qq", LEFT)
        finally:
            link.kill()
        kept += [report(f"5 kB/s, mode {mode}: {what}", took, 2, " s") for what, took in times.items()]
    return kept


def seen(link: Link, keys: bytes, text: bytes, within: float = 20.0) -> float:
    """Seconds from typing `keys` at the far end to `text` there."""
    link.seen.clear()
    began = time.perf_counter()
    if keys:
        link.back.append((began + DELAY, keys))
    while text not in link.seen:
        if not link.step() or time.perf_counter() - began > within:
            raise TimeoutError(f"{text!r} did not come after {keys!r}; the end: {bytes(link.seen[-300:])!r}")
    return time.perf_counter() - began


def quiet(link: Link, seconds: float) -> None:
    """Lets the link work."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and link.step():
        pass


def main() -> int:
    quick = "--quick" in sys.argv
    print("Every mode at 1,000 packets/s and 50,000 devices, 80x24, 16 colours")
    return 0 if all([*near(quick), *far(quick)]) else 1


if __name__ == "__main__":
    sys.exit(main())
