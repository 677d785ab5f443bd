"""`python -m benchmarks.soak_links [--over sim|cassia] [--hours H] [--seed N] [--log FILE]`; 1: not all of it held."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.soak_links.day import Day, day, faults_of
from benchmarks.soak_links.places import PLACES
from benchmarks.steady import steady


def told(outcome: Day, took: float) -> None:
    ledger = outcome.ledger
    print(f"{outcome.hours:g} h in {took:.0f} s; faults {ledger.faults.total():,}: {dict(ledger.faults)}")
    print(f"followed from them {ledger.followed.total():,}: {dict(ledger.followed)}; ends {dict(ledger.ends)}")
    print(f"subscriptions told lost {ledger.lost:,}, proven by a later notification {ledger.proven:,}")
    print(f"longest: {ledger.longest[1]}")
    for look in outcome.looks[:: max(1, len(outcome.looks) // 12)]:
        print(f"{look.at / 3600:6.2f} h  {look}")
    print(f"calls done {dict(outcome.done)}; refused {dict(outcome.failures)}; guests {outcome.visits}")


def main() -> int:
    steady()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--over", choices=PLACES, default="sim")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="each fault with its recovery, one a line")
    asked = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as files:
        log = files.enter_context(asked.log.open("w")) if asked.log else None
        outcome = day(PLACES[asked.over], asked.hours, asked.seed, lambda line: print(line, file=log) if log else None)
    told(outcome, time.monotonic() - began)
    wrong = faults_of(outcome)
    for line in wrong:
        print(f"FAILED: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
