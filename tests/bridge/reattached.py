"""A radio behind a bridge whose clients are cut off, and what a seat is told meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bletui.bridge.remote import STREAM
from bletui.bridge.server import Bridge
from bletui.failure import BleError, Failure
from bletui.model import Advertisement, Batch, Event, Folding, Peer, StreamChanged
from bletui.radio import Attachment, QueuedRadio
from tests.radio.playing import A, at_once
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

HERE = Peer("a", A)


async def opened(backend: ScriptedBackend | None = None) -> tuple[ScriptedBackend, QueuedRadio]:
    made = backend or ScriptedBackend()
    radio = QueuedRadio(made, "a", policy=at_once)
    await radio.open()
    return made, radio


def cut(made: Bridge) -> None:
    """As when the network does: nobody is told anything."""
    for client in made.clients():
        client.transport.abort()


class Told:
    """Everything that a seat is told, until it ends."""

    def __init__(self, group: asyncio.TaskGroup, seat: Attachment) -> None:
        self.batches: list[Batch] = []
        self.folding = Folding(seat.snapshot)
        self.failure: Failure | None = None
        self._seat = seat
        self.task = group.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for batch in self._seat.events():
                self.batches.append(batch)
                self.folding.add(batch)
        except BleError as ended:
            self.failure = ended.failure

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch.events]

    def streams(self) -> list[str]:
        return [event.state for event in self.events if isinstance(event, StreamChanged) and event.stream == STREAM]

    async def until(self, true: Callable[[Event], bool]) -> None:
        await until(lambda: any(map(true, self.events)), 8)


def heard(n: int) -> Advertisement:
    return Advertisement(float(n), "a", f"C0:00:00:00:{n >> 8 & 255:02X}:{n & 255:02X}", "random", -60)
