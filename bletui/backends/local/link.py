"""One link: its client, the calls that need it, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bletui.backends.local.delivery import Delivery
from bletui.failure import Failure
from bletui.model import LinkChanged, Peer

if TYPE_CHECKING:
    from bleak import BleakClient


class LinkOverError(Exception):
    """The link ended under a call that needed it; `Link.over` says why."""


class Link:
    """`client` None: somebody else's link, or ours before its services are known. `over` is why it ended."""

    def __init__(self, state: LinkChanged) -> None:
        self.state = state
        self.client: BleakClient | None = None
        self.deliveries: dict[int, Delivery] = {}
        self.asked = False  # whether we are ending it ourselves
        self.over: Failure | None = None
        self.settling: asyncio.TimerHandle | None = None
        self._bounds: set[asyncio.Timeout] = set()
        self._ended = asyncio.Event()

    @property
    def peer(self) -> Peer:
        return self.state.peer

    def end(self, reason: Failure) -> None:
        """Once; the calls that need it end with it."""
        self.over = reason
        if self.settling is not None:
            self.settling.cancel()
        self._ended.set()
        for bound in self._bounds:
            bound.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def needed(self, within: float) -> AsyncIterator[None]:
        """Fails with `LinkOverError` when the link ends, with `TimeoutError` when the time is over."""
        try:
            async with asyncio.timeout(within) as bound:
                self._bounds.add(bound)
                try:
                    yield
                finally:
                    self._bounds.discard(bound)
        except TimeoutError:
            if self.over is not None:
                raise LinkOverError from None
            raise

    async def ending(self, within: float) -> bool:
        """Whether it ends within so many seconds: what a call says of a lost link comes before the loss is told."""
        try:
            async with asyncio.timeout(within):
                await self._ended.wait()
        except TimeoutError:
            return False
        return True
