"""What a check needs: a backend to open, what is in its reach, and everything that it emits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from bletui.backend import Backend
from bletui.model import Event, Lane, LaneChanged, LaneDown, LinkChanged, Peer
from bletui.news import News

Sort = TypeVar("Sort", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A backend under test. Handles are ATT value handles on `device`; None: it has none, and the checks that need it
    are skipped with that reason. `patience` bounds every wait, seconds."""

    open: Callable[[], Backend]  # a fresh one, not opened
    device: str | None = None  # connectable and in reach
    absent: str = "02:00:00:DE:AD:00"  # an address that nobody has
    readable: int | None = None
    writable: int | None = None  # readable too: what is written is read back
    notifying: int | None = None  # sends by itself once subscribed
    no_such_handle: int = 0xFFF0
    patience: float = 10.0


class Bench:
    """An open backend and all that it has emitted, batch by batch."""

    def __init__(self, subject: Subject, backend: Backend) -> None:
        self.subject = subject
        self.backend = backend
        self.batches: list[tuple[Event, ...]] = []
        self._news = News()

    def emit(self, events: Sequence[Event]) -> None:
        self.batches.append(tuple(events))
        self._news.tell()

    async def opened(self) -> None:
        await self._patiently("open()", self.backend.open(self.emit))

    async def closed(self) -> None:
        await self._patiently("aclose()", self.backend.aclose())

    async def _patiently(self, name: str, call: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(self.subject.patience) as limit:
                await call
        except TimeoutError:
            assert not limit.expired(), f"{name} had not ended after {self.subject.patience:g} s"
            raise

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch]

    def of(self, sort: type[Sort]) -> list[Sort]:
        return [event for event in self.events if isinstance(event, sort)]

    def lanes(self) -> dict[str, Lane]:
        """The lanes that are there now."""
        found: dict[str, Lane] = {}
        for event in self.events:
            if isinstance(event, LaneChanged):
                found[event.lane.id] = event.lane
            elif isinstance(event, LaneDown):
                found.pop(event.lane, None)
        return found

    def links(self, state: str, address: str | None = None) -> list[LinkChanged]:
        links = [link for link in self.of(LinkChanged) if link.state == state]
        return [link for link in links if address in (None, link.peer.address)]

    async def until(self, true: Callable[[], object], what: str) -> None:
        """Waits for a condition on what was emitted; an `AssertionError` says what never came."""
        if not await self._news.until(true, self.subject.patience):
            raise AssertionError(f"within {self.subject.patience:g} s there was no {what}")

    def _ready(self) -> list[str]:
        return [lane.id for lane in self.lanes().values() if lane.usable is None and "connect" not in lane.cannot]

    async def lane(self) -> str | None:
        """A lane that may connect, as soon as one is usable; None where the far side chooses."""
        await self.until(self._ready, "LaneChanged of a lane that is usable and can connect")
        return None if self.backend.chooses_lane else self._ready()[0]

    async def connected(self) -> Peer:
        """A link to the subject's device."""
        assert self.subject.device is not None
        lane = await self.lane()
        return await self.backend.connect(
            self.subject.device, lane=lane, address_type=None, pair=False, within=self.subject.patience
        )


@asynccontextmanager
async def bench(subject: Subject) -> AsyncIterator[Bench]:
    """The subject's backend, open; closed at the end whatever happened."""
    made = Bench(subject, subject.open())
    await made.opened()
    try:
        yield made
    finally:
        await made.closed()
