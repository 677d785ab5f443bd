"""The day itself, in virtual time, and what must hold of it."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.soak import memory
from benchmarks.soak_links.ledger import Ledger
from benchmarks.soak_links.owners import ROLES, Guest, Resident
from benchmarks.soak_links.places import Place, Radios
from bletui.failure import ErrorKind
from bletui.model import Disconnect, Owner, ScanFilter, ScanRequest, Snapshot
from bletui.radio import Attachment, QueuedRadio
from bletui.radio.attachment import LocalAttachment
from bletui.radio.queued import HISTORY_MAX
from bletui.testing.memory_loop import MemoryLoop
from bletui.testing.memory_transport import MemoryTransport
from bletui.testing.virtual_time import START, run

SETTLING = 900.0  # seconds after the day in which what began during it has to be over
IDLE = 5.0  # seconds until a place is at work; no fault begins earlier
COUNTED = ("tasks", "seats", "connections", "links", "operations", "prompts")
LOOKS = 16  # looks at what may leak, over the day
GROWTH = 0.05  # of memory and objects after the first third: what a bounded program may still wander


@dataclass(frozen=True, slots=True)
class Look:
    """What is there at the second `at`, after a collection."""

    at: float
    seq: int  # events so far, at the radio that had the fewest
    memory: int  # resident bytes
    objects: int
    tasks: int
    seats: int
    connections: int  # ends of them, in this process
    links: int
    operations: int  # that have not ended
    prompts: int


@dataclass
class Day:
    hours: float
    ledger: Ledger
    looks: list[Look] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # what was still there when all owners had gone
    done: Counter[str] = field(default_factory=Counter)
    failures: Counter[ErrorKind] = field(default_factory=Counter)
    visits: int = 0


def day(place: Place, hours: float, seed: int, tell: Callable[[str], None]) -> Day:
    outcome = Day(hours, Ledger(tell))
    gc.collect()
    gc.freeze()  # what was there before is not looked at
    try:
        run(lambda: _lived(outcome, place, seed), limit=None, loop_factory=MemoryLoop)
    finally:
        gc.unfreeze()
    return outcome


def faults_of(outcome: Day) -> list[str]:
    """What did not hold; empty when all did."""
    ledger, wrong = outcome.ledger, [*outcome.left, *outcome.ledger.wrong]
    minutes = int(outcome.hours * 60)
    if ledger.faults.total() < minutes:
        wrong.append(f"{ledger.faults.total()} faults in {minutes} minutes")
    begin = int(START // 60)
    quiet = [n for n in range(1, minutes) if begin + n not in ledger.minutes and begin + n - 1 not in ledger.minutes]
    if quiet:
        wrong.append(f"no fault for two minutes at minutes {quiet[:10]}")
    # From the first third on, or from when the radio's bounded memory of events is full, whatever is later.
    settled = [look for look in outcome.looks[len(outcome.looks) // 3 :] if look.seq > HISTORY_MAX]
    if len(settled) < 4:
        return [*wrong, "too short to tell whether anything grows"]
    last = settled[-1]
    for name in ("memory", "objects"):
        first, now = getattr(settled[0], name), getattr(last, name)
        if now > first * (1 + GROWTH):
            wrong.append(f"{name} grew from {first:,} to {now:,} after the first third")
    for name in COUNTED:
        middle = len(settled) // 2
        before, after = (max(getattr(look, name) for look in part) for part in (settled[:middle], settled[middle:]))
        if after > before + len(ROLES):
            wrong.append(f"at most {before} {name} in the first half since, {after} in the second")
    return wrong


async def _lived(outcome: Day, place: Place, seed: int) -> None:
    alone = len(asyncio.all_tasks())
    async with place(seed) as radios:
        await _live(outcome, radios)
    await asyncio.sleep(1.0)
    if len(asyncio.all_tasks()) != alone:
        outcome.left.append(f"tasks after the end: {asyncio.all_tasks()}")
    outcome.left += [f"connection after the end: {one.get_extra_info('peername')}" for one in _connections()]


async def _live(outcome: Day, radios: Radios) -> None:
    radio = radios[0]
    seat = await radio.attach(Owner("watcher"))
    await seat.scan(ScanRequest(filter=ScanFilter(addresses=tuple(role.device for role in ROLES))))
    await asyncio.sleep(IDLE)
    idle = len(asyncio.all_tasks())
    async with asyncio.TaskGroup() as group:
        for link in seat.snapshot.links.values():
            outcome.ledger.add(link)
        group.create_task(_watch(seat, outcome.ledger))
        residents = [Resident(role, await radio.attach(Owner(role.name))) for role in ROLES]
        guest = Guest(radio)
        owners: list[Resident | Guest] = [*residents, guest]
        living = [group.create_task(owner.live()) for owner in owners]
        await _until_over(outcome, radios)
        for task in living:
            task.cancel()
        await asyncio.wait(living)
        for owner in owners:
            outcome.failures.update(owner.failures)
        for resident in residents:
            outcome.done.update(resident.done)
            await resident.seat.detach(keep=False)
        for device in {guest.device, *(role.device for role in ROLES)}:
            await seat.perform(Disconnect(device, force=True))
        outcome.visits = guest.visits
        await _quiet(idle + 1)
        if len(asyncio.all_tasks()) > idle + 1:
            outcome.left.append(f"tasks left: {asyncio.all_tasks()}")
        for one in radios:
            outcome.left += await _left(one)
        await radio.aclose()


async def _watch(seat: Attachment, ledger: Ledger) -> None:
    async for batch in seat.events():
        for event in batch.events:
            ledger.add(event)


async def _until_over(outcome: Day, radios: Radios) -> None:
    end = outcome.hours * 3600
    for n in range(1, LOOKS + 1):
        await asyncio.sleep(n * end / LOOKS - asyncio.get_running_loop().time())
        await _calm(outcome.ledger)
        outcome.looks.append(await _look(radios))
        outcome.left += outcome.ledger.estranged()
    ledger, waited = outcome.ledger, 0.0
    while waited < SETTLING and (
        any(ledger.before(START + end)) or any(at < START + end for at in ledger.unproven.values())
    ):
        await asyncio.sleep(5.0)
        waited += 5.0
    outcome.left += [f"not over: {trouble}" for trouble in ledger.before(START + end)]
    outcome.left += [f"armed and silent: {key}" for key, at in ledger.unproven.items() if at < START + end]


async def _calm(ledger: Ledger) -> None:
    """Until every lane and stream is back, two minutes at most: looks taken within an outage do not compare."""
    for _ in range(120):
        if not any(key[0] in ("lane", "stream") for key in ledger.open):
            return
        await asyncio.sleep(1.0)


async def _quiet(tasks: int) -> None:
    """Until what the owners have left behind is over: connections that are kept for a while, streams between two."""
    waited = 0.0
    while waited < SETTLING and (waited < 30.0 or len(asyncio.all_tasks()) > tasks):
        await asyncio.sleep(5.0)
        waited += 5.0


async def _look(radios: Radios) -> Look:
    states = [await _snapshot(radio) for radio in radios]
    now = states[0]
    gc.collect()
    objects = gc.get_objects()
    return Look(
        asyncio.get_running_loop().time(),
        min(state.seq for state in states),
        memory(),
        len(objects),
        len(asyncio.all_tasks()),
        sum(type(one) is LocalAttachment for one in objects),
        len(_connections()),
        sum(len(state.links) for state in states),
        sum(not changed.operation.ended for changed in now.operations.values()),
        len(now.prompts),
    )


async def _snapshot(radio: QueuedRadio) -> Snapshot:
    looker = await radio.attach(Owner("looker", "viewer"))
    now = looker.snapshot
    await looker.detach(keep=False)
    return now


def _connections() -> set[MemoryTransport]:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, MemoryLoop)
    return loop.connections


async def _left(radio: QueuedRadio) -> list[str]:
    """What is there although nobody wants it any more."""
    now = await _snapshot(radio)
    left = [f"link left: {peer}" for peer, link in now.links.items() if not link.foreign]
    left += [f"prompt left: {prompt}" for prompt in now.prompts.values()]
    left += [f"operation left: {one}" for one in now.operations.values() if not one.operation.ended]
    left += [f"subscription left: {one}" for one in now.subscriptions.values() if one.owners]
    return [f"{radio.name}: {one}" for one in left]
