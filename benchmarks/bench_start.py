"""T7: `bletui --version` and `--help` against a bare interpreter, CPU of whole processes, interleaved.

`python -m benchmarks.bench_start [--quick]`; exit 1 where a target is missed.
"""

from __future__ import annotations

import os
import statistics
import sys
from pathlib import Path

TARGET = 2.5  # times the CPU of `python -c pass`
BARE = [sys.executable, "-c", "pass"]
SCRIPT = str(Path(sys.executable).with_name("bletui"))
COMMANDS = {
    "bletui --version": [SCRIPT, "--version"],
    "bletui --help": [SCRIPT, "--help"],
    "python -m bletui --version": [sys.executable, "-m", "bletui", "--version"],
}


def cpu(argv: list[str]) -> float:
    """Seconds of user and system time of one run."""
    with Path(os.devnull).open("wb") as nowhere:
        to_nowhere = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        child = os.posix_spawn(argv[0], argv, os.environ, file_actions=to_nowhere)
        _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(argv)} ended with status {status}")
    return used.ru_utime + used.ru_stime


def main() -> int:
    rounds = 10 if "--quick" in sys.argv else 40
    times: dict[str, list[float]] = {name: [] for name in ("bare", *COMMANDS)}
    for _ in range(rounds):
        times["bare"].append(cpu(BARE))
        for name, argv in COMMANDS.items():
            times[name].append(cpu(argv))
    bare = statistics.median(times["bare"])
    print(f"T7  python -c pass                {bare * 1000:6.1f} ms CPU (median of {rounds})")
    missed = 0
    for name in COMMANDS:
        ratio = statistics.median(times[name]) / bare
        met = ratio <= TARGET
        missed += not met
        print(f"T7  {name:<28}  {statistics.median(times[name]) * 1000:6.1f} ms CPU", end="")
        print(f"  {ratio:4.2f}x  target <= {TARGET}x  {'met' if met else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
