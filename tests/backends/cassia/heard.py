"""What a backend under test emitted, and waiting for it without a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from bletui.backend import Backend, Env
from bletui.backends.cassia import open_target
from bletui.model import Advertisement, Event, LaneChanged, LinkChanged, Shed, StreamChanged
from bletui.target import parse

T = TypeVar("T")


class Heard:
    """An `emit` that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.batches = 0
        self._more = asyncio.Event()

    def __call__(self, events: Sequence[Event]) -> None:
        self.events.extend(events)
        self.batches += 1
        self._more.set()

    async def until(self, true: Callable[[], bool], within: float = 8.0) -> None:
        """Waits until `true()` holds; it is looked at after each batch."""
        async with asyncio.timeout(within):
            while not true():
                self._more.clear()
                await self._more.wait()

    async def until_heard(self, adverts: int) -> None:
        await self.until(lambda: len(self.adverts) >= adverts)

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def adverts(self) -> list[Advertisement]:
        return self.of(Advertisement)

    @property
    def streams(self) -> list[StreamChanged]:
        """Those of the scan."""
        return [changed for changed in self.of(StreamChanged) if changed.stream == "scan"]

    @property
    def states(self) -> list[str]:
        return [changed.state for changed in self.streams]

    def told(self, stream: str) -> list[str]:
        """The states of another stream, without those on the way to one."""
        return [c.state for c in self.of(StreamChanged) if c.stream == stream and c.state != "opening"]

    @property
    def lanes(self) -> list[LaneChanged]:
        return self.of(LaneChanged)

    @property
    def links(self) -> list[LinkChanged]:
        return self.of(LinkChanged)

    @property
    def shed(self) -> int:
        return sum(shed.count for shed in self.of(Shed))


def target_of(url: str, query: str = "", key: str = "") -> str:
    """The bletui target for the base address of a router."""
    scheme, _, rest = url.partition("://")
    credential = f"{key}@" if key else ""
    return f"{'cassia+https' if scheme == 'https' else 'cassia'}://{credential}{rest}{query and '?' + query}"


@asynccontextmanager
async def opened(target: str, env: Env | None = None) -> AsyncIterator[tuple[Backend, Heard]]:
    """The backend for `target`, open, and what it emits. Its speed makes 5 s of waiting one."""
    backend = open_target(parse(target), env or Env("lab", speed=5.0))
    heard = Heard()
    try:
        await backend.open(heard)
        yield backend, heard
    finally:
        await backend.aclose()
