"""What explaining and classifying cost: `bletui explain` beside `python -c pass`, by turns, and one plain row.

CPU of whole processes, user and system, children waited for; byte code is warm, as it is after an installation.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import timeit
from functools import partial
from tempfile import TemporaryDirectory

from bletui.errors import Context, Native, classify

EXPLAIN_BAR = 3.0  # times the CPU of `python -c pass`
PLAIN_BAR = 50.0  # microseconds
QUESTIONS = ("E0601", "busy.chip", "att:0x0e", "chip is busy", "0x3e", "1004")


def process_cpu(arguments: list[str], environment: dict[str, str]) -> float:
    """CPU milliseconds of one Python process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3


def explain_ratios(pairs: int) -> dict[str, float]:
    """For each question the median of explain over pass, each pair measured one after the other."""
    with TemporaryDirectory() as byte_code:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = byte_code
        ratios: dict[str, float] = {}
        for question in QUESTIONS:
            command = ["-m", "bletui", "explain", question]
            process_cpu(command, environment)
            found = [process_cpu(command, environment) / process_cpu(["-c", "pass"], environment) for _ in range(pairs)]
            ratios[question] = statistics.median(found)
    return ratios


def plain_rows(rounds: int) -> dict[str, float]:
    """Microseconds to classify one row of each plain sort."""
    context = Context(radio="r", lane="r/0", address="A4:C1:38:0B:7F:2A", attempt=1, elapsed=0.1)
    rows = {
        "router's answer": Native(source="cassia.http", status=500, body=b"chip is busy"),
        "D-Bus reply": Native(source="bluez.dbus", code="org.bluez.Error.Failed", message="le-connection-timeout"),
        "ATT number": Native(source="att", code="0x05"),
    }
    took: dict[str, float] = {}
    for name, row in rows.items():
        once = partial(classify, row, backend="x", operation="connect", context=context)
        once()
        took[name] = min(timeit.repeat(once, number=1000, repeat=rounds)) * 1e3
    return took


def main() -> int:
    """Prints a table; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    met = True
    for question, ratio in explain_ratios(5 if quick else 21).items():
        met &= ratio <= EXPLAIN_BAR
        print(f"explain {question:<22} {ratio:6.2f} x python -c pass   bar {EXPLAIN_BAR:g}")
    for name, took in plain_rows(3 if quick else 9).items():
        met &= took <= PLAIN_BAR
        print(f"classify {name:<21} {took:6.1f} us                 bar {PLAIN_BAR:g}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
