"""The console on the screen (targets T4, T5, T6, T8), each measured in a pty, peers interleaved.

    python -m benchmarks.bench_console [--quick] [t4] [t5] [t6] [t8]

A key's latency runs from its write to the pty to the byte that shows its effect.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

from benchmarks.console_programs import address
from benchmarks.terminal import Program

COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
SIXTEEN = {"TERM": "xterm-16color"}


@dataclass
class Figures:
    """CPU share of one core, bytes a second, key latencies in seconds."""

    cpu: float
    bytes: float
    keys: list[float]

    @property
    def key(self) -> float:
        return statistics.median(self.keys)


def start(kind: str, count: int, per_second: int, hz: float, *more: str, **options: object) -> Program:
    argv = [sys.executable, "-m", "benchmarks.console_programs", kind, str(count), str(per_second), str(hz), *more]
    program = Program(argv, **options)  # type: ignore[arg-type]
    program.until(b"C0:00:")
    program.listen(2)
    return program


def measured(program: Program, seconds: float, keys: int, selected: str) -> Figures:
    """Idle for `seconds`, then `keys` times one row down, each until the selection shows."""
    before = program.cpu()
    sent = program.listen(seconds)
    cpu = (program.cpu() - before) / seconds
    latencies = []
    for n in range(1, keys + 1):
        at = len(program.output)
        program.type(b"\x1b[B")
        latencies.append(program.until(selected.format(address(n)).encode(), at))
        program.listen(0.05)
    return Figures(cpu, sent / seconds, latencies)


def table_run(
    kind: str, seconds: float, keys: int, count: int = 1000, per_second: int = 2000, hz: float = 10
) -> Figures:
    program = start(kind, count, per_second, hz, environ=COLOURS)
    try:
        if kind == "console":
            program.type(b"sa")  # by address, so that the next row is known
            program.until(address(0).encode() + b"\x1b[0m\x1b[")  # in the line under the list
            program.listen(1)
        return measured(program, seconds, keys, "\x1b[1m{}" if kind == "console" else "selected {}")
    finally:
        program.kill()


def bytes_run(size: tuple[int, int], hz: float, seconds: float, *more: str) -> float:
    program = start("console", 200, -1, hz, *more, size=size, environ=SIXTEEN)
    try:
        program.type(b"sa")  # rows that stay: a new ranking, once a second at most, costs the lines that it moves
        program.listen(2.5)
        return program.listen(seconds) / seconds
    finally:
        program.kill()


def first_paint(argv: list[str]) -> float:
    program = Program([sys.executable, "-m", *argv], environ=COLOURS)
    try:
        program.until(b"bletui")
        return time.perf_counter() - program.started
    finally:
        program.kill()


def report(name: str, figure: float, target: float, unit: str = "x") -> bool:
    kept = figure <= target
    print(f"  {'ok  ' if kept else 'MISS'} {name}: {figure:.3g}{unit} (target <= {target:.3g}{unit})")
    return kept


def t4(quick: bool) -> list[bool]:
    rounds, seconds, keys = (1, 3.0, 8) if quick else (3, 6.0, 15)
    runs = {kind: [] for kind in ("table", "live", "console")}  # type: dict[str, list[Figures]]
    for _ in range(rounds):
        for kind, found in runs.items():
            found.append(table_run(kind, seconds, keys))
    peer, ours, whole = ([statistics.median(f) for f in zip(*((r.cpu, r.bytes, r.key) for r in found), strict=True)]
                         for found in runs.values())  # fmt: skip
    print(f"T4 live table, N=1,000, 10 Hz, 80x24. DataTable: {peer[0]:.0%} of a core, {peer[1] / 1000:.1f} kB/s, "
          f"key {peer[2] * 1000:.0f} ms; bletui: {ours[0]:.1%}, {ours[1] / 1000:.2f} kB/s, "
          f"key {ours[2] * 1000:.1f} ms")  # fmt: skip
    print(f"   the whole console, with session, header, details and one frame in flight: {whole[0]:.1%} "
          f"({whole[0] / peer[0]:.3f}x), {whole[1] / 1000:.2f} kB/s, key {whole[2] * 1000:.1f} ms")  # fmt: skip
    return [
        report("CPU against DataTable", ours[0] / peer[0], 1 / 6),
        report("CPU of the whole console against DataTable", whole[0] / peer[0], 1 / 6),
        report("bytes against DataTable", ours[1] / peer[1], 1 / 15),
        report("key against DataTable", ours[2] / peer[2], 1 / 4),
    ]


def t5(quick: bool) -> list[bool]:
    keys, rounds = (12, 1) if quick else (30, 2)
    found = {count: [] for count in (100, 50_000)}  # type: dict[int, list[float]]
    for _ in range(rounds):
        for count, latencies in found.items():
            latencies += table_run("console", 2.0, keys, count, 1000, 4).keys
    few, many = (statistics.median(found[count]) for count in (100, 50_000))
    print(f"T5 keys at 1,000 reports/s: p50 {few * 1000:.1f} ms with 100 devices, {many * 1000:.1f} ms with 50,000")
    return [
        report("key at 50,000 devices against 100", many / few, 1.5),
        report("slowest key at 50,000 devices", max(found[50_000]) * 1000, 100, " ms"),
        report("median key at 50,000 devices", many * 1000, 50, " ms"),
    ]


def t6(quick: bool) -> list[bool]:
    seconds = 4.0 if quick else 8.0
    print("T6 every visible row changing, sorted by address, 16 colours")
    return [
        report("80x24 at 4 Hz", bytes_run((80, 24), 4, seconds) / 1000, 6, " kB/s"),
        report("80x24 slow profile", bytes_run((80, 24), 1, seconds, "slow") / 1000, 1.6, " kB/s"),
        report("200x50 at 4 Hz", bytes_run((200, 50), 4, seconds) / 1000, 14, " kB/s"),
    ]


def t8(quick: bool) -> list[bool]:
    rounds = 3 if quick else 9
    ours, least = [], []
    for _ in range(rounds):
        least.append(first_paint(["benchmarks.console_programs", "least"]))
        ours.append(first_paint(["bletui", "sim:"]))
    a, b = statistics.median(ours), statistics.median(least)
    print(f"T8 first paint: bletui {a * 1000:.0f} ms, the least Textual app {b * 1000:.0f} ms")
    return [report("first paint against the least app", a / b, 1.15)]


def main() -> int:
    quick = "--quick" in sys.argv
    every = (t4, t5, t6, t8)
    named = [each for each in every if each.__name__ in sys.argv]
    kept = [kept for each in named or every for kept in each(quick)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
