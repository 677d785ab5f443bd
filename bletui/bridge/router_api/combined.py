"""The access controller's combined stream: what the routers hear and tell, for all its clients at once.

What is open is the controller's state, not a client's: scans are closed, all else is open, until somebody says
otherwise. Routers scan for this stream only while somebody reads it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial

from bletui.bridge.router_api.encoding import comment, event, key, with_keys
from bletui.bridge.router_api.fanout import Fanout
from bletui.bridge.router_api.feed import STREAMS_MAX
from bletui.bridge.router_api.hub import Hub
from bletui.bridge.router_api.linknews import LinkNews
from bletui.bridge.router_api.outbox import Outbox
from bletui.bridge.router_api.query import ScanQuery
from bletui.bridge.router_api.scanner import Scanner
from bletui.bridge.router_api.teller import Happening
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Notification


class Combined:
    """`notify`, `states`: the routers whose notifications, and whose links, are told; `ap_states`: whether it is told
    that routers come and go."""

    def __init__(self, hubs: Mapping[str, Hub]) -> None:
        self.notify, self.states, self.ap_states = set(hubs), set(hubs), True
        self.clients = Fanout()
        self._hubs = hubs
        self._wanted: dict[str, ScanQuery] = {}
        self._scanners: dict[str, Scanner] = {}

    def begin(self) -> None:
        """Listens from now on: when the routers' feeds are open."""
        for hub in self._hubs.values():
            feed = hub.router.feed
            news = LinkNews(feed, hub.router.profile)
            feed.listen(partial(self._happened, hub, news), partial(self._missed, news))

    async def join(self) -> Outbox:
        """A client's outbox, in which the state of all routers stands first. `busy.capacity`: too many clients."""
        if len(self.clients) >= STREAMS_MAX:
            raise BleError(Failure(kind=ErrorKind.BUSY_CAPACITY, detail=f"{STREAMS_MAX} streams are open already"))
        client = Outbox("events")
        client.put(event({"dataType": "state", "aps": {mac: self._state(hub) for mac, hub in self._hubs.items()}}), 0)
        self.clients.join(client)
        if len(self.clients) == 1:
            await self.open_scans(dict(self._wanted))
        return client

    def leave(self, client: Outbox) -> None:
        self.clients.leave(client)
        if not self.clients:
            for mac in list(self._scanners):
                self._stop(mac)

    async def open_scans(self, wanted: Mapping[str, ScanQuery]) -> None:
        """In place of the scan that may be open there."""
        self._wanted |= wanted
        for mac in wanted if self.clients else ():
            await self._start(mac)

    def close_scans(self, macs: Iterable[str]) -> None:
        for mac in macs:
            self._wanted.pop(mac, None)
            self._stop(mac)

    def came_or_went(self, hub: Hub) -> None:
        """A router that is back may have chips that were not there before."""
        if self.ap_states:
            self.clients.put(event(hub.ap_state()), 0)
        if hub.online and hub.mac in self._scanners:
            hub.router.feed.start(self._start(hub.mac))

    def _state(self, hub: Hub) -> dict[str, object]:
        told = {"notify": hub.mac in self.notify, "connectionstate": hub.mac in self.states}
        return {**hub.row(), **told, "devices": hub.devices()}

    async def _start(self, mac: str) -> None:
        """A router that refuses is told in a comment: who opened the scan has had an answer long ago."""
        self._stop(mac)
        router, query = self._hubs[mac].router, self._wanted.get(mac)
        if query is None:  # closed meanwhile
            return
        scanner = self._scanners[mac] = Scanner(
            query,
            router.feed.lanes_of(query.chip),
            call_later=asyncio.get_running_loop().call_later,
            speed=router.speed,
            keys=key("dataType", "scan") + key("ap", mac),
            outbox=self.clients,
        )
        try:
            await router.feed.add_scanner(scanner)
        except BleError as refused:
            self.clients.put(comment(f"{mac} {refused.failure.kind.code} {refused.failure.kind.value}"), 0)

    def _stop(self, mac: str) -> None:
        scanner = self._scanners.pop(mac, None)
        if scanner is not None:
            self._hubs[mac].router.feed.leave(scanner)

    def _missed(self, news: LinkNews) -> None:
        """Link events were lost: the clients begin anew, with the state."""
        news.begin()
        self.clients.close_all()

    def _happened(self, hub: Hub, news: LinkNews, happened: Happening) -> None:
        if isinstance(happened, Notification):
            if hub.mac in self.notify:
                self.clients.put(_notification(hub.mac, happened), 1)
            return
        line = news.line(happened)
        if line is not None and hub.mac in self.states:
            self.clients.put(with_keys(line, key("dataType", "connection_state") + key("ap", hub.mac)), 0)


def _notification(mac: str, told: Notification) -> bytes:
    """Indications are called notifications here, and the device is no `id`."""
    return event(
        {
            "dataType": "notification",
            "ap": mac,
            "value": told.value.hex(),
            "device": told.peer.address,
            "handle": told.handle,
        }
    )
