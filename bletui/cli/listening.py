"""Radios listened to side by side, every event in order and none merged; one that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType

from bletui import registry
from bletui.backend import Env
from bletui.failure import BleError
from bletui.model import Event, Owner, ScanRequest, StreamChanged
from bletui.radio import Radio
from bletui.session import named
from bletui.target import Target

Heard = tuple[str, Sequence[Event]]  # the radio's name and a batch


class Listening:
    """Use as `async with Listening(…) as listening: async for radio, events in listening.batches(): …`.

    Batches are handed over one at a time: a slow taker leaves events with the radio, which sheds and counts. A radio
    that can't be opened, or is lost, is a `StreamChanged` of the stream `radio`; the iteration ends with the last one.
    """

    def __init__(self, targets: Sequence[Target], request: ScanRequest, env: Env) -> None:
        self._targets = named(targets)
        self._request = request
        self._env = env
        self._radios: list[Radio] = []
        self._pumps: list[asyncio.Task[None]] = []
        self._handed: asyncio.Queue[Heard | None] = asyncio.Queue(1)
        self._group = AsyncExitStack()

    async def __aenter__(self) -> Listening:
        group = await self._group.enter_async_context(asyncio.TaskGroup())
        self._pumps = [group.create_task(self._pump(name, target)) for name, target in self._targets]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pump in self._pumps:
            pump.cancel()
        async with asyncio.TaskGroup() as closing:
            for radio in self._radios:
                closing.create_task(radio.aclose())
        # not handed the body's exception: the group would wrap it
        await self._group.__aexit__(None, None, None)

    async def batches(self) -> AsyncIterator[Heard]:
        running = len(self._pumps)
        while running:
            heard = await self._handed.get()
            if heard is None:
                running -= 1
            else:
                yield heard

    async def _pump(self, name: str, target: Target) -> None:
        try:
            radio = await registry.open_radio(target, replace(self._env, radio=name))
            self._radios.append(radio)
            seat = await radio.attach(Owner("scan", "reader"))
            now = seat.snapshot
            await self._handed.put((name, (*now.lanes.values(), *now.streams.values())))
            if seat.owner.role != "viewer":  # who only looks hears what others scan for
                await seat.scan(self._request)
            async for batch in seat.events():
                await self._handed.put((name, batch.events))
        except BleError as failed:
            now_wall = self._env.clock.wall()
            await self._handed.put((name, (StreamChanged(now_wall, None, "radio", "broken", failed.failure),)))
        await self._handed.put(None)
