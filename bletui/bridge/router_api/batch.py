"""Batch connects: devices that wait to be connected by and by, as many at a time as there are chips."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from bletui.bridge.router_api.bodies import Connecting, Several
from bletui.bridge.router_api.calls import Calls
from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.teller import Unanswered
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType

WAITING_MAX = 1000  # devices
PAUSE = 0.5  # seconds that an attempt takes at least: some fail at once, as on a chip that is busy or gone


@dataclass(slots=True)
class _Waiting:
    """Times are the API's seconds. `until`: when its time is over, by the loop's; None before its first attempt."""

    address: str
    kind: AddressType
    timeout: float
    per_device: float
    chip: int | None
    until: float | None = None


class Batch:
    """A device that fails goes to the end of the queue until its time is over; the state streams tell how it ended."""

    def __init__(self, feed: Feed, calls: Calls, speed: float) -> None:
        self._feed = feed
        self._calls = calls
        self._speed = speed
        self._queue: deque[_Waiting] = deque()
        self._workers = 0

    def add(self, asked: Several) -> None:
        """Behind those that wait already. `busy.capacity`: too many of them; otherwise why no chip can connect."""
        chips = len(self._feed.connecting_lanes(asked.chip))
        known = {one.address for one in self._queue}
        new = [(address, kind) for address, kind in asked.devices if address not in known]
        if len(self._queue) + len(new) > WAITING_MAX:
            detail = f"{len(self._queue)} devices wait already, at most {WAITING_MAX} may"
            raise BleError(Failure(kind=ErrorKind.BUSY_CAPACITY, operation="connect", detail=detail))
        self._queue.extend(_Waiting(*one, asked.timeout, asked.per_device, asked.chip) for one in new)
        while self._workers < min(chips, len(self._queue)):
            self._workers += 1
            self._feed.start(self._work())

    def empty(self) -> None:
        """Nobody waits any more; connects that run go on."""
        self._queue.clear()

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._attempt(self._queue.popleft())
        finally:
            self._workers -= 1

    async def _attempt(self, device: _Waiting) -> None:
        now = asyncio.get_running_loop().time
        if device.until is None:
            device.until = now() + device.per_device / self._speed
        begun = now()
        limit = min(device.timeout, max(0.0, device.until - begun) * self._speed)
        try:
            await self._calls.connect(device.address, Connecting(device.kind, limit, chip=device.chip))
        except BleError as failed:
            await self._calls.freed(begun + min(PAUSE, limit) / self._speed - now())
            if now() < device.until:
                self._queue.append(device)
            else:
                self._feed.announce(Unanswered(device.address, self._chip(failed.failure)))

    def _chip(self, failure: Failure) -> int:
        return self._feed.chip(failure.lane) if failure.lane else 0
