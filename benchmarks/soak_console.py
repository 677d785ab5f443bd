"""Hours of the console in minutes of virtual time: 500 packets a second, keys on every screen; nothing may grow.

python -m benchmarks.soak_console [--hours H] [--seed N]     exit 1: something grew, or packets are missing
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from textual.pilot import Pilot

from benchmarks.soak import memory
from benchmarks.steady import steady
from bletui.backends.simulator.lab import address
from bletui.console.app import Console
from bletui.console.settings import Look, Settings
from bletui.log import Entry
from bletui.model import StreamChanged
from bletui.session import Session
from bletui.target import parse
from bletui.testing import virtual_time
from bletui.testing.virtual_time import START, clock

TARGETS = ("sim:crowd?devices=1000&rate=500&seed={}", "sim:lab?lanes=1&seed={}&fault=stream:broken@5m-20s/30m")
RATE = 500  # packets a second, all lanes together: the crowd's, and those of the lab
GROWTH = 0.05  # of memory and objects after the first third
LOOK, ROUND = 600.0, 120.0  # virtual seconds between two looks, two rounds of keys
LINK = address("heart rate")
ROUNDS: tuple[tuple[str, ...], ...] = (  # every screen, dialogue and box is opened and left again
    ("1", "j", "pagedown", "enter", "l", "h", "escape", "g"),
    ("1", "slash", *"rssi>=-70", "enter", "b", "n", "n", "b", "x"),
    ("1", "s", "n", "s", "r", "p", "p", "minus", "u", "space", "space", "L", "L"),
    ("1", "w", "tab", "b", "b", "r", "escape", "question_mark", "pagedown", "escape"),
    ("2", "c", *LINK, "enter"),
    ("2", "j", "j", "s", "b", "b", "c", "escape", "ctrl+p", "escape"),
    ("3", "j", "j", "enter", "n", "A", "v", "escape", "y", "escape", "w", "escape", "slash", *"heart", "enter"),
    ("3", "slash", "ctrl+u", "enter", "T", "down", "escape"),
    ("4", "g", "G", "pageup", "f", "f"),
    ("5", "e", "E", "pagedown", "escape", "e"),
    ("2", "M", "y"),
    ("r", "1", "r"),
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What there is at one moment, after a collection."""

    at: float  # virtual seconds
    memory: int
    objects: int
    tasks: int
    widgets: int
    heard: int
    lines: int

    def __str__(self) -> str:
        return (
            f"{self.at / 3600:5.2f} h  {self.memory / 1e6:6.1f} MB  objects {self.objects:,}  tasks {self.tasks}"
            f"  widgets {self.widgets}  heard {self.heard:,}  log {self.lines:,}"
        )


@dataclass
class Soak:
    hours: float
    seed: int
    tell: Callable[[str], None] = print
    looks: list[Held] = field(default_factory=list)
    shed: int = 0

    async def run(self) -> None:
        app = Console(
            [parse(target.format(self.seed)) for target in TARGETS],
            Settings(),
            Look(theme="bletui", ascii=False, slow=False, forced=True),
            lambda opened, given: Session(opened, clock=given),
            clock(),
        )
        async with app.run_test(size=(80, 24)) as pilot:
            while app.session is None or app.listing is None:
                await pilot.pause(0.1)
            fill(app.session)
            await self._hours(app, app.session, pilot)
            self.shed = app.session.shed()

    async def _hours(self, app: Console, session: Session, pilot: Pilot[None]) -> None:
        now = asyncio.get_running_loop().time
        due, rounds = LOOK, 0
        while now() < self.hours * 3600:
            await asyncio.sleep(ROUND)
            await pressed(app, pilot, ROUNDS[rounds % len(ROUNDS)])
            rounds += 1
            if now() >= due and app.screen_stack == [app.screen]:
                due += LOOK
                self.looks.append(held(app, session, now()))
                self.tell(str(self.looks[-1]))


async def pressed(app: Console, pilot: Pilot[None], keys: Sequence[str]) -> None:
    """One after the other, as a person would, and back to a mode alone."""
    for key in keys:
        await pilot.press(key)
        await asyncio.sleep(0.3)
    while len(app.screen_stack) > 1:
        await pilot.press("escape")
        await asyncio.sleep(0.3)


def fill(session: Session) -> None:
    """The log to its bound, so that what it holds does not count as growth."""
    before = -1
    while len(session.log) > before:
        before = len(session.log)
        for n in range(1000):
            session.log.append(Entry("sim:lab", StreamChanged(START, None, f"filled {n}", "live")))


def held(app: Console, session: Session, at: float) -> Held:
    gc.collect()
    return Held(
        at,
        memory(),
        len(gc.get_objects()),
        len(asyncio.all_tasks()),
        len(app._registry),
        session.store.received,
        len(session.log),
    )


def wrong(soak: Soak) -> list[str]:
    """What grew after the first third, and packets that nobody counted."""
    looks = soak.looks
    third = looks[len(looks) // 3 :]
    first, last = third[0], third[-1]
    told = [
        f"{name} grew from {before:,} to {after:,}"
        for name, before, after, allowed in (
            ("memory", first.memory, last.memory, GROWTH),
            ("objects", first.objects, last.objects, GROWTH),
            ("tasks", max(one.tasks for one in looks[: len(looks) // 3]), last.tasks, 0.0),
            ("widgets", max(one.widgets for one in looks[: len(looks) // 3]), last.widgets, 0.0),
        )
        if after > before * (1 + allowed)
    ]
    counted = last.heard + soak.shed
    if counted < 0.9 * RATE * last.at:
        told.append(f"{counted:,} packets were heard or shed, and {RATE * last.at:,.0f} were sent")
    return told


def main() -> int:
    steady()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    soak, began = Soak(asked.hours, asked.seed, lambda line: print(line, flush=True)), time.monotonic()
    virtual_time.run(soak.run, limit=None)
    print(f"{asked.hours:g} h of virtual time in {time.monotonic() - began:.0f} s")
    failed = wrong(soak)
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
