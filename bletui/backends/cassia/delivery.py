"""Notifications: one stream for all devices of a router, open while anybody is subscribed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bletui.backends.cassia.api import Json, read_all
from bletui.backends.cassia.attributes import Told, notification
from bletui.backends.cassia.feeds import Feed
from bletui.backends.cassia.native import broken
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.table import LinkTable
from bletui.failure import BleError, Failure
from bletui.model import Event, Notification, Peer, Shed, StreamChanged, StreamState

NOTIFICATIONS: Final = "notifications"
QUERY: Final = {"event": "1", "sequence": "2"}  # 2: numbered per device


class Delivery:
    """`feed` brings what is notified; `say` is told of what arrives for the subscriptions that are armed. `lane` names
    the router in what is said of the stream; None: it is the radio's only one."""

    def __init__(
        self,
        router: Router,
        feed: Feed,
        table: LinkTable,
        say: Callable[[Event], None],
        now: Callable[[], float],
        lane: str | None,
    ) -> None:
        self._router = router
        self._feed = feed
        self._table = table
        self._say = say
        self._now = now
        self._lane = lane
        self._armed: set[tuple[Peer, int]] = set()
        self._seqs: dict[str, int] = {}
        self._state: StreamState = "off"
        self._failure: Failure | None = None
        self._settled = asyncio.Event()

    async def arm(self, peer: Peer, handle: int, within: float) -> None:
        """Returns when the stream is open; its failure otherwise. A broken one is opened anew at once."""
        self._armed.add((peer, handle))
        if self._state in {"off", "broken"}:
            self._state = "opening"
            self._settled.clear()
            self._feed.open("notify", _query, self._take, self._streamed)
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
        if not self._armed and self._state != "off":
            self._feed.close("notify")
            self._streamed("off", None, None)

    def forget(self, peer: Peer) -> None:
        """The link is down, and its subscriptions with it."""
        self._seqs.pop(peer.address, None)
        for armed in [armed for armed in self._armed if armed[0] == peer]:
            self.disarm(*armed)

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
        self._say(StreamChanged(self._now(), self._lane, "notify", state, failure, retry_at))

    def _take(self, events: list[Json]) -> int:
        told, malformed = read_all(events, notification)
        for one in told:
            self._deliver(one)
        return malformed

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


async def _query() -> Mapping[str, str]:
    return QUERY
