"""Two hundred devices wait for the two chips of a router behind HTTP, where one call in five goes wrong.

The router's own API stands over the site, on a network in memory; the client is ours, whole.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from benchmarks.soak_links.places import client, opened, served, troubled
from bletui.backends.simulator.lab import address
from bletui.errors.policy import ATTEMPTS
from bletui.failure import ErrorKind
from bletui.model import Owner, ScanFilter, ScanRequest
from bletui.testing.memory_loop import MemoryLoop
from bletui.testing.virtual_time import run
from tests.stories.queueing import DEADLINE, DEVICES, EVERYONE, Outcome, visit, watch

K = ErrorKind
# Whatever a router's connect can end with and be tried again: what its site says, and what befalls HTTP.
SITE = (
    K.ADAPTER_FAULT,
    K.LINK_NOT_SEEN,
    K.LINK_CONNECT_TIMEOUT,
    K.LINK_CONNECT_FAILED,
    K.LINK_STATE_CONFLICT,
    K.LINK_CLOSED_REMOTE,
    K.BUSY_CHIP,
    K.BUSY_CAPACITY,
    K.OTHER_UNSPECIFIED,
)
HTTP = {"502": K.ROUTER_UNAVAILABLE, "wrong": K.DATA_MALFORMED, "reset": K.NET_CLOSED, "silent": K.NET_TIMEOUT}
NEVER = {"502": K.ROUTER_UNAVAILABLE, "wrong": K.DATA_MALFORMED}  # after the others there is a link
HOPELESS = {address(str(n)): kind for n, kind in enumerate((*SITE, *NEVER.values()), 10)}
RETRYABLE = {*SITE, *HTTP.values()}
SEEN = 10.0  # seconds until every device has been heard
PATIENCE = 1.5 * DEADLINE  # a lane waits for an answer that never comes


def wrong() -> str:
    share = 20 / (len(SITE) + len(HTTP))
    connection = "[/gap/nodes/*/connection]"
    anyone = [f"connect:{kind.value}:{share:.3f}%" for kind in SITE]
    anyone += [f"http:{how}:{share:.3f}%{connection}" for how in HTTP]
    lost = [f"connect:{kind.value}[{where}]" for where, kind in HOPELESS.items() if kind in SITE]
    lost += [f"http:{how}[{where}]" for how, kind in NEVER.items() for where, of in HOPELESS.items() if of is kind]
    return ",".join([*lost, *anyone, "drop:timeout:2%", "read:timeout:2%"])


async def story(seed: int, devices: int = DEVICES) -> Outcome:
    outcome = Outcome()
    site, scenario = troubled(f"sim:lab?devices={devices}", wrong(), seed)
    async with served(site, scenario, seed) as behind, opened(client(seed), "lab", seed) as radio:
        seat = await radio.attach(Owner("me"))
        await seat.scan(ScanRequest(filter=ScanFilter(duplicates_ms=10_000)))
        await asyncio.sleep(SEEN)
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch(seat, outcome))
            async with asyncio.TaskGroup() as visits:
                for where in EVERYONE[:devices]:
                    visits.create_task(visit(seat, where, outcome, PATIENCE))
            await asyncio.sleep(30.0)
            links = (await behind.attach(Owner("you"))).snapshot.links.values()
            outcome.left = sum(not link.foreign for link in links)
            outcome.most_asking = dict(site.most_asking)
            await radio.aclose()
            await watching
    return outcome


def told(seed: int, devices: int = DEVICES) -> Outcome:
    return run(lambda: story(seed, devices), limit=3 * PATIENCE, loop_factory=MemoryLoop)


def test_all_end_released_or_with_a_final_and_correct_failure() -> None:
    began = time.process_time()
    outcome = told(7)
    took = time.process_time() - began
    others = set(EVERYONE) - set(HOPELESS)
    assert set(outcome.ends) == set(EVERYONE)

    # Whoever never recovers ends with its kind after exactly its cap. A chip's turn has none: the deadline ends it, or
    # what else has befallen it up to its own cap by then.
    for where, kind in HOPELESS.items():
        final = next(one for one in RETRYABLE if outcome.ends[where] == f"connect: {one.value}")
        assert final is kind or kind.retry == "queue", where
        assert outcome.failures[where][final] >= ATTEMPTS["connect"], where
        assert outcome.failures[where][kind] == ATTEMPTS["connect"] or kind.retry == "queue", where
    # All others come through; chance alone may deny one its read, or a first release.
    released = {where for where in others if outcome.ends[where] == "released"}
    for where in others - released:
        step, _, kind_said = outcome.ends[where].partition(": ")
        assert step in ("read", "disconnect"), (where, outcome.ends[where])
        assert kind_said in {kind.value for kind in (*RETRYABLE, K.GATT_TIMEOUT, K.LINK_LOST, K.LINK_NOT_CONNECTED)}
    assert len(released) >= DEVICES - len(HOPELESS) - 15

    # Faults of every kind have struck others too, about as often as asked for.
    struck = Counter[ErrorKind]()
    for where in others:
        struck.update(outcome.failures.get(where, {}))
    # A link that drops as it comes up is tried again by the router itself (fail_retry_times): whoever recovers by that
    # never knows, and no queue of anybody's hides it.
    assert set(struck) >= RETRYABLE - {K.LINK_CONNECT_FAILED}
    assert K.LINK_CONNECT_FAILED not in struck
    assert 0.1 < struck.total() / (struck.total() + DEVICES) < 0.3

    # No chip was asked for two connects at a time, both were asked, and no link is left behind at the router.
    assert sorted(outcome.most_asking.values()) == [1, 1]
    assert outcome.left == 0
    assert took < 10

    # Nobody starves. One report in 10 s leaves most devices heard by one chip alone; while that chip waits 22 s for an
    # answer that never comes, the other serves some fifty who came later.
    order = {where: place for place, where in enumerate(outcome.first_starts)}
    assert len(order) == DEVICES
    assert max(order[where] - place for place, where in enumerate(EVERYONE)) < 60


def test_the_same_seed_gives_the_same_story() -> None:
    assert told(3, devices=40) == told(3, devices=40)
