"""A listener that waits for what a simulator emits in virtual time, and a lab to connect in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from bletui.backend import Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.backend import Simulator
from bletui.backends.simulator.lab import address
from bletui.clock import Clock
from bletui.model import AddressType, Advertisement, Event, LaneChanged, LinkChanged, NotifyMode, Peer, ScanRequest
from bletui.target import parse
from bletui.testing.virtual_time import START, clock, run

E = TypeVar("E", bound=Event)


class Listener:
    """Collects events; `until` waits for one that satisfies a condition, for at most `limit` batches."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._more = asyncio.Event()

    def __call__(self, events: Sequence[Event]) -> None:
        self.events.extend(events)
        self._more.set()

    def heard(self) -> list[Advertisement]:
        return [event for event in self.events if isinstance(event, Advertisement)]

    async def until(self, condition: Callable[[Event], bool], limit: int = 5000) -> Event:
        seen = 0
        for _ in range(limit):
            for event in self.events[seen:]:
                if condition(event):
                    return event
            seen = len(self.events)
            self._more.clear()
            await self._more.wait()
        raise AssertionError(f"nothing of the kind in {limit} batches; the last: {self.events[-1]}")

    async def until_second(self, seconds: float) -> None:
        """On the wall clock since the start."""
        await self.until(lambda event: event.at >= START + seconds)


def simulator(target: str, speed: float = 1.0) -> Simulator:
    backend = open_target(parse(target), Env("sim", clock=Clock(wall=lambda: START), speed=speed))
    assert isinstance(backend, Simulator)
    return backend


def recorded_run(target: str, seconds: float, request: ScanRequest | None = None) -> Listener:
    """What a backend emits in the first `seconds` of its site."""

    async def main() -> Listener:
        backend, listener = simulator(target), Listener()
        await backend.open(listener)
        backend.scan(request or ScanRequest())
        await listener.until_second(seconds)
        await backend.aclose()
        return listener

    return run(main)


HCI0, CHIP0, CHIP1 = "sim/hci0", "sim/CC:1B:E0:00:00:01/0", "sim/CC:1B:E0:00:00:01/1"
ENCRYPTED, AUTHENTICATED = 0x17, 0x1A  # handles: values that want a link with that right


class Lab:
    """An open `sim:lab` and all that it has emitted."""

    def __init__(self, target: str) -> None:
        backend = open_target(parse(target), Env("sim", clock=clock()))
        assert isinstance(backend, Simulator)
        self.backend, self.listener = backend, Listener()

    def of(self, sort: type[E]) -> list[E]:
        return [event for event in self.listener.events if isinstance(event, sort)]

    def links(self, state: str) -> list[LinkChanged]:
        return [link for link in self.of(LinkChanged) if link.state == state]

    def slots(self, lane: str) -> int | None:
        return [event.lane.slots_used for event in self.of(LaneChanged) if event.lane.id == lane][-1]

    async def connect(
        self, role: str, lane: str = CHIP0, *, kind: AddressType | None = None, pair: bool = False, within: float = 20.0
    ) -> Peer:
        where = role if ":" in role else address(role)
        return await self.backend.connect(where, lane=lane, address_type=kind, pair=pair, within=within)

    async def read(self, peer: Peer, handle: int) -> bytes:
        return await self.backend.read(peer, handle, within=10.0)

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool = True) -> None:
        await self.backend.write(peer, handle, value, response=response, within=10.0)

    async def subscribe(self, peer: Peer, handle: int, mode: NotifyMode = "notify") -> None:
        await self.backend.subscribe(peer, handle, mode=mode, within=10.0)

    async def down(self, peer: Peer) -> LinkChanged:
        """The end of this link, now or to come."""
        found = await self.listener.until(lambda e: isinstance(e, LinkChanged) and (e.peer, e.state) == (peer, "down"))
        assert isinstance(found, LinkChanged)
        return found


@asynccontextmanager
async def lab(params: str = "", site: str = "lab") -> AsyncIterator[Lab]:
    made = Lab(f"sim:{site}?{params}" if params else f"sim:{site}")
    await made.backend.open(made.listener)
    try:
        yield made
    finally:
        await made.backend.aclose()
