"""A listener that waits for what a simulator emits in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bletui.backend import Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.backend import Simulator
from bletui.clock import Clock
from bletui.model import Advertisement, Event, ScanRequest
from bletui.target import parse
from bletui.testing.virtual_time import START, run


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
