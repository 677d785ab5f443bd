"""A site as it runs: its time, its dice, its faults, and where its events go."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import NoReturn

from bletui.backend import Emit
from bletui.backends.simulator.condition import Condition, concerning, condition
from bletui.backends.simulator.ending import Limit
from bletui.backends.simulator.faults import Effect, Fault
from bletui.backends.simulator.options import Options
from bletui.backends.simulator.refusals import Refusals
from bletui.backends.simulator.schedule import TICK
from bletui.backends.simulator.site import Receiver, Site
from bletui.backends.simulator.siteclock import SiteClock
from bletui.failure import BleError, Failure
from bletui.model import Event
from bletui.target import invalid

REFUSED_AFTER, FAILED_AFTER = 0.02, 0.3  # seconds


class World:
    """What connections share. Chance depends on the seed and on what happened before to that device, on nothing else:
    the same calls for one device meet the same luck, whatever happens to others meanwhile."""

    def __init__(self, site: Site, options: Options, clock: SiteClock, emit: Emit, tasks: asyncio.TaskGroup) -> None:
        self.site, self.clock, self.tasks = site, clock, tasks
        self.refusals = Refusals(options.radio, options.firmware)
        self.receivers = {receiver.lane: receiver for receiver in site.receivers}
        self._concerning = {ear.lane: concerning(options.faults, ear) for ear in site.receivers}
        self._drops = tuple(fault for fault in options.faults if fault.effect is Effect.DROP)
        self.used: Counter[str] = Counter()  # links per lane
        self.ticks = 0
        self.closed = False
        self._options = options
        self._emit = emit
        self._calls: Counter[tuple[str, str]] = Counter()

    def emit(self, events: Sequence[Event]) -> None:
        if events and not self.closed:
            self._emit(events)

    @property
    def t(self) -> float:
        """The site's second; 0 until it has begun."""
        return self.clock.second(asyncio.get_running_loop().time()) if self.ticks else 0.0

    @property
    def at(self) -> float:
        """The wall time of what happens now: that of the tick, whose advertisements are yet to come."""
        return self.clock.wall(self.ticks * TICK)

    @property
    def speed(self) -> float:
        return 1 / self.clock.scale

    async def pause(self, seconds: float) -> None:
        """Of the site's time."""
        await asyncio.sleep(seconds * self.clock.scale)

    def dice(self, *about: object) -> Random:
        return Random("/".join(map(str, (self._options.seed, *about))))

    def receiver(self, lane: str) -> Receiver:
        if lane not in self.receivers:
            raise invalid(f"there is no lane {lane!r}; there are {', '.join(self.receivers)}")
        return self.receivers[lane]

    def condition(self, receiver: Receiver, t: float) -> Condition:
        return condition(self._concerning[receiver.lane], receiver, self._options.radio, t)

    def drops(self, t: float) -> list[tuple[Fault, float]]:
        """The faults that end links now, and since when."""
        return [(fault, span[0]) for fault in self._drops if (span := fault.span(t))]

    def chosen(self, fault: Fault, address: str) -> bool:
        """Whether this time it is struck."""
        self._calls[fault.text, address] += 1
        count = self._calls[fault.text, address]
        if fault.first is not None:
            return count <= fault.first
        return fault.chance >= 1 or self.dice(fault.text, address, count).random() < fault.chance

    def reason(self, fault: Fault, receiver: Receiver, address: str) -> Failure:
        """Why a drop fault ends a link."""
        if fault.kind is not None:
            return self.refusals.of_kind(receiver, fault.kind, "", address, self.at)
        return self.refusals.end(receiver, fault.how, address, self.at)

    def refused(self, receiver: Receiver, word: str, operation: str, address: str) -> BleError:
        return BleError(self.refusals.call(receiver, word, operation, address, self.at))

    async def trouble(self, operation: str, receiver: Receiver, address: str, limit: Limit) -> None:
        """Fails where a fault on request has it."""
        t = self.t
        for fault in self._options.faults:
            asked = fault.effect is Effect.CALL and fault.what == operation and fault.fits(receiver.name, address)
            if asked and fault.span(t) and self.chosen(fault, address):
                await self._befall(fault, operation, receiver, address, limit)

    async def _befall(self, fault: Fault, operation: str, receiver: Receiver, address: str, limit: Limit) -> None:
        if fault.how in ("timeout", "unseen"):
            limit.word = fault.how
            await never()
        await self.pause(FAILED_AFTER if fault.how == "failed" else REFUSED_AFTER)
        if fault.kind is not None:
            raise BleError(self.refusals.of_kind(receiver, fault.kind, operation, address, self.at))
        raise self.refused(receiver, fault.how, operation, address)


async def never() -> NoReturn:
    """Waits for the limit of whoever calls."""
    await asyncio.Event().wait()
    raise AssertionError("an event that nobody knows was set")
