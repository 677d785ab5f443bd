"""Hours in minutes: 20,000 packets a second into a session and past a seat that never reads; nothing may grow.

`python -m benchmarks.soak [--minutes M]` (default 5); exit 1 if memory still grows after the first third, or if what
was heard and what was shed do not add up to the rate.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import time
from pathlib import Path

from bletui import registry
from bletui.backend import Env
from bletui.model import Owner, ScanRequest
from bletui.radio import Radio
from bletui.session import Session
from bletui.target import Target, parse

TARGET = "sim:crowd?devices=50000&rate=20000&seed=7"
GROWTH = 0.05  # of the memory after the first third: what a bounded program may still wander
EVERY = 5.0  # seconds between two looks


def memory() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def soak(minutes: float) -> bool:
    """Prints a line per look; whether everything held."""
    looks: list[int] = []
    started = time.monotonic()

    async def opened(target: Target, env: Env) -> Radio:
        radio = await registry.open_radio(target, env)
        await radio.attach(Owner("stalled", "viewer"))  # a seat that nobody reads
        return radio

    async with Session([parse(TARGET)], open_radio=opened) as session:
        await session.scan(ScanRequest())
        while (elapsed := time.monotonic() - started) < minutes * 60:
            await asyncio.sleep(min(EVERY, minutes * 60 - elapsed))
            gc.collect()
            looks.append(memory())
            heard, shed = session.store.received, session.shed()
            print(
                f"{time.monotonic() - started:6.0f} s  {looks[-1] / 1e6:7.1f} MB  heard {heard:>10,}  shed {shed:>8,}"
                f"  devices {len(session.store.devices):,}  tasks {len(asyncio.all_tasks())}",
                flush=True,
            )
    settled = looks[len(looks) // 3]
    growth = looks[-1] / settled - 1
    rate = (heard + shed) / (time.monotonic() - started)
    print(f"growth after the first third {growth:+.1%} (at most {GROWTH:.0%}); {rate:,.0f} packets/s heard or shed")
    return growth <= GROWTH and rate >= 0.9 * 20_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    return 0 if asyncio.run(soak(parser.parse_args().minutes)) else 1


if __name__ == "__main__":
    sys.exit(main())
