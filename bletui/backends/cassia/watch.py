"""What the router says of itself and of its links, looked at again and again: it has no event for most of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from bletui.backends.cassia import api
from bletui.backends.cassia.adverts import MALFORMED
from bletui.backends.cassia.lanes import Lanes
from bletui.backends.cassia.native import unreadable
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.stream import pause
from bletui.failure import BleError, Failure
from bletui.model import Event, LinkChanged, Peer, Shed

POLL: Final = 10.0  # seconds between two looks at the connection list
INFO, NODES = "/cassia/info", "/gap/nodes"
CONNECTED: Final = {"connection_state": "connected"}


class Watch:
    """Keeps lanes and links true. `informed` is set once the router has told of itself, or refused to."""

    def __init__(self, router: Router, lanes: Lanes, say: Callable[[Event], None], now: Callable[[], float]) -> None:
        self.info = api.RouterInfo()
        self.informed = asyncio.Event()
        self._router = router
        self._lanes = lanes
        self._say = say
        self._now = now
        self._known = False
        self._links: dict[Peer, LinkChanged] = {}
        self._unread = 0

    async def run(self, speed: float, chance: Callable[[], float]) -> None:
        attempt = 0
        while True:
            try:
                await self._look()
                failure, wait, attempt = None, POLL, 0
            except BleError as error:
                failure, self._known = error.failure, False  # it may come back as another router, or a newer one
                wait, attempt = pause(failure, attempt, chance()) or 60.0, attempt + 1
            self._lanes.usable(failure)
            self.informed.set()
            await asyncio.sleep(wait / speed)

    async def _look(self) -> None:
        self._known = self._known or await self._inform()
        answer = await self._router.get(NODES, CONNECTED, operation="links")
        try:
            links, unread = api.connections(answer.body)
        except api.MalformedError as wrong:
            raise unreadable(answer, str(wrong), operation="links", context=self._router.context()) from wrong
        self._lanes.links(links)
        self._compare({Peer(self._lanes.of(link.chip), link.address): link for link in links})
        if unread > self._unread:
            self._say(Shed(self._now(), None, MALFORMED, unread - self._unread))
        self._unread = unread

    async def _inform(self) -> bool:
        """Asks for the router's facts; a login page in their place is no failure, only less to show."""
        try:
            self.info = await read_info(self._router)
        except BleError as error:
            if error.failure.status is None:
                raise
            self._lanes.learn(self.info, {"info": f"not told: {why_untold(error.failure)}"})
            return True
        self._router.mac = self.info.mac
        self._lanes.learn(self.info, {})
        return True

    def _compare(self, links: dict[Peer, api.Connected]) -> None:
        at = self._now()
        for peer in [peer for peer in self._links if peer not in links]:
            del self._links[peer]
            self._say(LinkChanged(at, peer, "down"))
        for peer, link in links.items():
            before = self._links.get(peer)
            if before is None or (before.phy, before.bonded) != (link.phy, link.bonded):
                self._links[peer] = LinkChanged(at, peer, "up", phy=link.phy, bonded=link.bonded)
                self._say(self._links[peer])


async def read_info(router: Router) -> api.RouterInfo:
    """`GET /cassia/info`; `data.malformed` where a login page stands in its place."""
    answer = await router.get(INFO, operation="info")
    try:
        return api.router_info(answer.body)
    except api.MalformedError as wrong:
        raise unreadable(answer, str(wrong), operation="info", context=router.context()) from wrong


def why_untold(failure: Failure) -> str:
    """Why the router's facts are missing, in words."""
    return "its web page asks for a login" if failure.status == 200 else f"HTTP {failure.status}"
