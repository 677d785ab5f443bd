"""Since when the router is up, and what ends when it goes down."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui.clock import Clock

# SO_LINGER with no time: what is not sent is thrown away, and the far side gets a reset.
_AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Power:
    """Seconds here are the router's: `speed` of them pass in one of ours."""

    def __init__(self, clock: Clock | None = None, speed: float = 1.0) -> None:
        self.speed = speed
        self._clock = clock or Clock()
        self._began = self._booted = self._clock.monotonic()
        self._bounds: set[asyncio.Timeout] = set()

    def seconds(self) -> float:
        """Since the API began to listen, reboots or not."""
        return (self._clock.monotonic() - self._began) * self.speed

    def uptime(self) -> float:
        return (self._clock.monotonic() - self._booted) * self.speed

    async def until(self, second: float) -> None:
        await asyncio.sleep(max(0.0, second - self.seconds()) / self.speed)

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[None]:
        """What runs in here ends, without a failure, when the power fails."""
        try:
            async with asyncio.timeout(None) as bound:
                self._bounds.add(bound)
                try:
                    yield
                finally:
                    self._bounds.discard(bound)
        except TimeoutError:
            if not bound.expired():
                raise

    def fail(self) -> None:
        """Everything that runs ends; the time since the start begins anew."""
        self._booted = self._clock.monotonic()
        now = asyncio.get_running_loop().time()
        for bound in self._bounds:
            bound.reschedule(now)


def reset(transport: asyncio.Transport) -> None:
    """Ends a connection so that its far side notices at once."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
