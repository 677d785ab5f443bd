"""Two hundred devices wait for two lanes of a simulated site in which one call in five goes wrong."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from functools import cache
from random import Random

from bletui.backend import Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.backend import Simulator
from bletui.backends.simulator.lab import address
from bletui.errors.policy import ATTEMPTS
from bletui.failure import ErrorKind
from bletui.model import (
    Disconnect,
    Owner,
    Peer,
    ScanRequest,
)
from bletui.radio import QueuedRadio
from bletui.radio.retries import by_vocabulary
from bletui.target import parse
from bletui.testing.virtual_time import clock, run
from tests.stories.queueing import DEADLINE, DEVICES, EVERYONE, Outcome, visit, watch

RETRYABLE = tuple(kind for kind in ErrorKind if kind.retry in ("now", "backoff", "queue", "rescan"))
# One device for each retryable kind never recovers from it.
HOPELESS = {address(str(n)): kind for n, kind in enumerate(RETRYABLE, 10)}


def target(seed: int) -> str:
    share = 20 / len(RETRYABLE)
    anyone = [f"connect:{kind.value}:{share:.3f}%" for kind in RETRYABLE]
    lost = [f"connect:{kind.value}[{where}]" for where, kind in HOPELESS.items()]
    faults = ",".join([*lost, *anyone, "drop:timeout:2%", "read:timeout:2%"])
    return f"sim:lab?lanes=2&devices={DEVICES}&seed={seed}&fault={faults}"


async def story(seed: int) -> Outcome:
    outcome = Outcome()
    time_here = clock()
    backend = open_target(parse(target(seed)), Env("sim", clock=time_here))
    assert isinstance(backend, Simulator)
    radio = QueuedRadio(backend, "sim", clock=time_here, policy=by_vocabulary(Random(seed).random))
    await radio.open()
    seat = await radio.attach(Owner("me"))
    for lane in seat.snapshot.lanes:
        outcome.most_used[lane] = 0
    await seat.scan(ScanRequest())
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch(seat, outcome))
        async with asyncio.TaskGroup() as visits:
            for where in EVERYONE:
                visits.create_task(visit(seat, where, outcome))
        links = (await radio.attach(Owner("you"))).snapshot.links.values()
        outcome.left = sum(not link.foreign for link in links)
        outcome.most_asking = dict(backend.most_asking)
        await radio.aclose()
        await watching
    return outcome


@cache
def told(seed: int) -> Outcome:
    return run(lambda: story(seed), limit=3 * DEADLINE)


def test_all_end_released_or_with_a_final_and_correct_failure() -> None:
    began = time.process_time()
    outcome = told(7)
    took = time.process_time() - began
    assert set(outcome.ends) == set(EVERYONE)

    # Whoever never recovers ends with its kind after exactly its cap; a chip's turn has none, so its deadline ends it.
    for where, kind in HOPELESS.items():
        assert outcome.ends[where] == f"connect: {kind.value}", where
        if kind.retry != "queue":
            assert outcome.failures[where][kind] == ATTEMPTS["connect"], kind
        else:
            assert outcome.failures[where][kind] > DEADLINE / 2
    # All others come through; chance alone may deny one of them its read.
    for where in set(EVERYONE) - set(HOPELESS):
        end = outcome.ends[where]
        assert end == "released" or end.startswith("read: "), (where, end)
    released = [where for where, end in outcome.ends.items() if end == "released"]
    assert len(released) >= DEVICES - len(HOPELESS) - 10

    # Faults of every retryable kind have struck others too, about as often as asked for.
    struck = Counter[ErrorKind]()
    for where in set(EVERYONE) - set(HOPELESS):
        struck.update(outcome.failures.get(where, {}))
    assert set(struck) == set(RETRYABLE)
    assert 0.1 < struck.total() / (struck.total() + DEVICES) < 0.3

    # The lanes were asked for one connect at a time, and never for more links than they hold.
    assert outcome.most_asking == dict.fromkeys(outcome.most_used, 1)
    assert all(used > 0 for used in outcome.most_used.values())
    assert outcome.left == 0
    assert took < 10


def test_nobody_starves() -> None:
    """Everyone gets a first turn about when they came, whatever the others do."""
    outcome = told(7)
    order = {where: place for place, where in enumerate(outcome.first_starts)}
    late = max(order[where] - place for place, where in enumerate(EVERYONE))
    assert len(order) == DEVICES
    assert late < 25


def test_a_full_chip_makes_others_wait_and_takes_the_next_when_a_link_ends() -> None:
    """Eleven links fit on a router's chip; the twelfth is not even tried before one of them ends."""

    async def main() -> None:
        backend = open_target(parse("sim:lab?devices=12"), Env("sim", clock=clock()))
        radio = QueuedRadio(backend, "sim", clock=clock())
        await radio.open()
        seat = await radio.attach(Owner("me"))
        lane = "sim/CC:1B:E0:00:00:01/0"
        for where in EVERYONE[:11]:
            await seat.connect(where, lane=lane)
        async with asyncio.TaskGroup() as group:
            last = group.create_task(seat.connect(EVERYONE[11], lane=lane))
            await asyncio.sleep(60.0)
            assert not last.done()
            await seat.perform(Disconnect(EVERYONE[4]))
        assert last.result() == Peer(lane, EVERYONE[11])
        await radio.aclose()

    run(main)


def test_the_same_seed_gives_the_same_story() -> None:
    assert run(lambda: story(7), limit=3 * DEADLINE) == told(7)
