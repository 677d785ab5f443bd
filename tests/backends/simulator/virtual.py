"""An event loop whose time jumps to the next timer, and a listener that waits for what a backend emits."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from bletui.backend import Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.backend import Simulator
from bletui.clock import Clock
from bletui.model import Advertisement, Event, ScanRequest
from bletui.target import parse

START = 1_700_000_000.0
T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(timeout and 0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def stall(self, seconds: float) -> None:
        """As if the whole process had stood still."""
        self._jumping.now += seconds


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


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
