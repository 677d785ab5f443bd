"""A radio with a scripted backend, followed and published as `bletui bridge run --publish` does it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bletui.bridge.publishing.broker import broker
from bletui.bridge.publishing.following import Following
from bletui.bridge.publishing.outbox import Outbox
from bletui.bridge.publishing.publisher import Publisher, Status
from bletui.cli.published import Published
from bletui.failure import Failure
from bletui.model import Advertisement, Owner
from bletui.radio import QueuedRadio
from tests.radio.playing import at_once
from tests.radio.scripted import ScriptedBackend

AT = 1_793_491_200.0
ADDRESS = "A4:C1:38:0B:7F:2A"
ABC = bytes.fromhex("0201060409416263")  # flags, and the name Abc


def heard(address: str = ADDRESS, raw: bytes = ABC, rssi: int = -50) -> Advertisement:
    return Advertisement(AT, "a", address, "random", rssi, "ADV_IND", raw)


class Running:
    """`notes`: what it said of itself."""

    def __init__(self, url: str, secrets: Mapping[str, str], settings: dict[str, Any], outbox: Outbox | None) -> None:
        self.backend = ScriptedBackend()
        self.radio = QueuedRadio(self.backend, "r", policy=at_once)
        self.outbox = Outbox() if outbox is None else outbox
        self.notes: list[Status] = []
        where = broker(url)
        words = Published(f"{where.prefix}/host", "host", lambda: ["r"], lambda: AT)
        owner = Owner("publish-1", "reader")
        self.following = Following([self.radio], where, self.outbox, words, owner=owner, wall=lambda: AT)
        self.publisher = Publisher(
            where,
            self.outbox,
            words,
            standing=self.following.standing,
            secret=secrets.__getitem__,
            note=self.notes.append,
            jitter=lambda: 0.0,
            **settings,
        )

    @property
    def failures(self) -> list[Failure]:
        return [note.failure for note in self.notes if note.failure is not None]

    async def until(self, true: Callable[[], object], within: float = 30.0) -> None:
        async with asyncio.timeout(within):
            while not true():
                await asyncio.sleep(0.005)

    async def connected(self) -> None:
        await self.until(lambda: self.publisher.connected)

    async def failed(self) -> Failure:
        """The first failure that it told."""
        await self.until(lambda: self.failures)
        return self.failures[0]


@asynccontextmanager
async def publishing(
    url: str, secrets: Mapping[str, str] | None = None, outbox: Outbox | None = None, **settings: Any
) -> AsyncIterator[Running]:
    """Published until the block ends, or a minute and a half is over."""
    it = Running(url, secrets or {}, settings, outbox)
    await it.radio.open()
    try:
        async with asyncio.timeout(90), asyncio.TaskGroup() as group:
            tasks = [group.create_task(it.following.run()), group.create_task(it.publisher.run())]
            await it.until(it.following.standing)
            yield it
            for task in tasks:
                task.cancel()
    finally:
        await it.radio.aclose()
