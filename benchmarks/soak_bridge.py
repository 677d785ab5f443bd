"""A day of a bridge in virtual time: 100 advertisements a second, and clients that come and go; nothing may grow.

`python -m benchmarks.soak_bridge [--hours 24] [--seed 1]`; 1: not all of it held. Everything is in one process, on a
network in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import random
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from benchmarks.bench_router_api import advertisements
from benchmarks.bridge.comers import HOST, PORT, Dead, Resident, Rude, Slow, Visitor, cut
from benchmarks.bridge.serving import ADDRESS, Quick
from benchmarks.soak import memory
from benchmarks.steady import steady
from bletui.bridge.listening import Listening
from bletui.bridge.server import Bridge
from bletui.model import LinkChanged, Peer
from bletui.radio import QueuedRadio
from bletui.testing.memory_loop import Door, MemoryLoop
from bletui.testing.virtual_time import clock, run

RATE = 100  # advertisements a second
STEP = 0.25  # seconds between two batches of them
LINK_EVERY = 240  # steps between two links that come and go
DRAWN = 8_000  # advertisements, told in turn
FULL = 900.0  # seconds after which the ring, of ten minutes, is as large as it gets
LOOKS = 24
GROWTH = 0.05  # what a bounded program may still wander, from a third of the day on
AT_ONCE = 4  # more of what is counted, for clients that happen to be there at the same time
CATCH_UP = 60.0  # seconds for whoever was cut off last
COUNTED = ("tasks", "connections", "descriptors", "seats")


@dataclass(frozen=True, slots=True)
class Look:
    """What is there at the second `at`, after a collection."""

    at: float
    memory: int  # resident bytes
    objects: int
    tasks: int
    connections: int  # ends of them, in this process
    descriptors: int
    seats: int


@dataclass
class Day:
    hours: float
    looks: list[Look] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def day(hours: float, seed: int) -> Day:
    outcome = Day(hours)
    random.seed(seed)  # of the waits before a client tries again
    gc.collect()
    gc.freeze()  # what was there before is not looked at
    try:
        run(lambda: _lived(outcome, seed), limit=None, loop_factory=MemoryLoop)
    finally:
        gc.unfreeze()
    return outcome


def faults_of(outcome: Day) -> list[str]:
    """What did not hold; empty when all did."""
    wrong = list(outcome.wrong)
    settled = [look for look in outcome.looks[len(outcome.looks) // 3 :] if look.at >= FULL]
    if len(settled) < 4:
        return [*wrong, "too short to tell whether anything grows"]
    middle = len(settled) // 2
    for name in ("memory", "objects", *COUNTED):
        before, after = (max(getattr(look, name) for look in part) for part in (settled[:middle], settled[middle:]))
        if after > before * (1 + GROWTH) + (AT_ONCE if name in COUNTED else 0):
            wrong.append(f"{name}: at most {before:,} in the first half since the first third, {after:,} in the second")
    return wrong


async def _lived(outcome: Day, seed: int) -> None:
    alone, open_before = len(asyncio.all_tasks()), _descriptors()
    backend = Quick()
    radio = QueuedRadio(backend, "r", clock=clock())
    await radio.open()
    bridge, ready = Bridge([radio], scans=False, clock=clock()), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(bridge.run([Listening(cast(socket.socket, Door(HOST, PORT)), "memory")], ready))
        await ready.wait()
        await _live(outcome, bridge, backend, seed)
        bridge.stopped.set()
    await radio.aclose()
    await asyncio.sleep(5.0)
    if len(asyncio.all_tasks()) > alone:
        outcome.wrong.append(f"tasks after the end: {asyncio.all_tasks()}")
    if _connections():
        outcome.wrong.append(f"connections after the end: {_connections()}")
    if _descriptors() > open_before:
        outcome.wrong.append(f"descriptors after the end: {_descriptors()}, before {open_before}")


async def _live(outcome: Day, bridge: Bridge, backend: Quick, seed: int) -> None:
    residents = [Resident(f"resident{n}", ADDRESS) for n in range(2)]
    visitors = [Visitor(f"visitor{n}", seed) for n in range(3)]
    slow, dead, rude = Slow(seed), Dead(seed), Rude(seed)
    async with asyncio.TaskGroup() as group:
        staying = [group.create_task(resident.live()) for resident in residents]
        for resident in residents:
            await resident.attached.wait()
        lives = [*(visitor.live() for visitor in visitors), slow.live(), dead.live(), rude.live()]
        coming = [group.create_task(life) for life in (*lives, cut(seed, outcome.counts))]
        looking = group.create_task(_looking(outcome, bridge))
        await _tell(backend, outcome)
        await looking
        for task in coming:
            task.cancel()
        await asyncio.sleep(CATCH_UP)
        for resident in residents:
            if resident.got != outcome.told:
                outcome.wrong.append(f"who stays was told {dict(resident.got)} of {dict(outcome.told)}")
            if abs(resident.reads - outcome.hours * 60) > 1 + CATCH_UP / 60:
                outcome.wrong.append(f"{resident.reads} reads in {outcome.hours:g} h, one a minute")
            await resident.leave()
        for visitor in visitors:
            await visitor.leave()
        await asyncio.wait(staying)
    outcome.wrong += slow.wrong
    if outcome.hours >= 1 and not slow.shed:
        outcome.wrong.append("no slow reader lost anything: none was slow")
    outcome.counts += bridge.counts + Counter(
        {
            "visits": sum(one.visits for one in visitors),
            "slow readers": slow.visits,
            "dead clients": dead.deaths,
            "turned away": rude.turned_away,
            "told as shed": slow.shed,
        }
    )


async def _tell(backend: Quick, outcome: Day) -> None:
    wall, each = clock().wall, round(RATE * STEP)
    drawn = advertisements(DRAWN)
    batches = itertools.cycle([drawn[n : n + each] for n in range(0, DRAWN, each)])
    for step in range(round(outcome.hours * 3600 / STEP)):
        now = wall()
        backend.say(*(heard._replace(at=now) for heard in next(batches)))
        outcome.told["advertisements"] += each
        if step % LINK_EVERY == 0:
            peer = Peer("r/0", f"{step:017}")
            backend.say(LinkChanged(now, peer, "up"), LinkChanged(now, peer, "down"))
            outcome.told["links"] += 2
        await asyncio.sleep(STEP)


async def _looking(outcome: Day, bridge: Bridge) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(LOOKS):
        await asyncio.sleep(outcome.hours * 3600 / LOOKS)
        gc.collect()
        objects, tasks = len(gc.get_objects()), len(asyncio.all_tasks())
        look = Look(loop.time(), memory(), objects, tasks, len(_connections()), _descriptors(), len(bridge.seats))
        outcome.looks.append(look)


def _connections() -> set[object]:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, MemoryLoop)
    return set(loop.connections)


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def main() -> int:
    steady()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    outcome = day(asked.hours, asked.seed)
    for look in outcome.looks[:: max(1, len(outcome.looks) // 12)]:
        print(f"{look.at / 3600:6.2f} h  {look}")
    print(f"{outcome.hours:g} h in {time.monotonic() - began:.0f} s; told {dict(outcome.told)}; {dict(outcome.counts)}")
    wrong = faults_of(outcome)
    for line in wrong:
        print(f"FAILED: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
