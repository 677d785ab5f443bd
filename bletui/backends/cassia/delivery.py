"""Notifications: one stream for all devices, open while anybody is subscribed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial

from bletui.backends.cassia.adverts import MALFORMED
from bletui.backends.cassia.attributes import Told, notification
from bletui.backends.cassia.happenings import EventReader
from bletui.backends.cassia.native import broken
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.stream import Say, keep
from bletui.backends.cassia.table import LinkTable
from bletui.clock import Clock
from bletui.failure import BleError, Failure
from bletui.model import Event, Notification, Peer, Shed, StreamChanged, StreamState

NOTIFICATIONS = "notifications"
PATH = "/gatt/nodes"
QUERY = {"event": "1", "sequence": "2"}  # 2: numbered per device


class Delivery:
    """`start` runs a stream; `say` is told of what arrives for the subscriptions that are armed."""

    def __init__(
        self,
        router: Router,
        table: LinkTable,
        say: Callable[[Event], None],
        now: Callable[[], float],
        start: Callable[[Coroutine[None, None, None]], asyncio.Task[None]],
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._router = router
        self._table = table
        self._say = say
        self._now = now
        self._start = start
        self._keep: Callable[[Say], Coroutine[None, None, None]] = partial(
            keep, self._listen, clock=clock, speed=router.speed, chance=chance
        )
        self._armed: set[tuple[Peer, int]] = set()
        self._seqs: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._state: StreamState = "off"
        self._failure: Failure | None = None
        self._settled = asyncio.Event()

    async def arm(self, peer: Peer, handle: int, within: float) -> None:
        """Returns when the stream is open; its failure otherwise. A broken one is opened anew at once."""
        self._armed.add((peer, handle))
        if self._task is None or self._task.done() or self._state == "broken":
            self._stop()
            self._settled.clear()
            self._task = self._start(self._keep(self._streamed))
        try:
            async with asyncio.timeout(within):
                await self._settled.wait()
        except TimeoutError:
            pass
        if self._state != "live":
            why = self._why(peer, handle)
            self.disarm(peer, handle)
            raise BleError(why)

    def disarm(self, peer: Peer, handle: int) -> None:
        """No more from this handle; without any the stream is closed."""
        self._armed.discard((peer, handle))
        if not self._armed and self._task is not None:
            self._stop()
            self._streamed("off", None, None)

    def forget(self, peer: Peer) -> None:
        """The link is down, and its subscriptions with it."""
        self._seqs.pop(peer.address, None)
        for armed in [armed for armed in self._armed if armed[0] == peer]:
            self.disarm(*armed)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _why(self, peer: Peer, handle: int) -> Failure:
        context = self._router.context(peer, handle)
        if self._failure is None:
            return broken(TimeoutError(), phase="request", operation="subscribe", context=context).failure
        return replace(self._failure, operation="subscribe", lane=peer.lane, address=peer.address, handle=handle)

    def _streamed(self, state: StreamState, failure: Failure | None, retry_at: float | None) -> None:
        self._state, self._failure = state, failure
        if state == "opening":
            self._settled.clear()
        else:
            self._settled.set()
        self._say(StreamChanged(self._now(), None, "notify", state, failure, retry_at))

    async def _listen(self, live: Callable[[], None]) -> None:
        reader = EventReader()

        def take(data: bytes) -> None:
            told, malformed = reader.feed(data, notification)
            for one in told:
                self._deliver(one)
            if malformed:
                self._say(Shed(self._now(), None, MALFORMED, malformed))

        await self._router.stream(PATH, QUERY, live=live, take=take, operation="notify")

    def _deliver(self, told: Told) -> None:
        """What others have subscribed to arrives here too, and is theirs."""
        peer = self._table.find(told.address)
        if peer is None:
            return
        self._number(peer, told.seq)
        if (peer, told.handle) in self._armed:
            at = self._now()
            self._say(Notification(at, peer, told.handle, told.value, told.indication, told.seq))

    def _number(self, peer: Peer, seq: int | None) -> None:
        """Tells of a gap in a device's numbers; numbers that begin again leave none."""
        if seq is None:
            return
        last = self._seqs.get(peer.address)
        self._seqs[peer.address] = seq
        if last is not None and seq > last + 1:
            self._say(Shed(self._now(), peer.lane, NOTIFICATIONS, seq - last - 1))
