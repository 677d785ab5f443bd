"""What the router says of itself and of its links: its connection-state stream, and its list where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from bletui.backends.cassia import api
from bletui.backends.cassia.happenings import MALFORMED
from bletui.backends.cassia.lanes import Lanes
from bletui.backends.cassia.native import link_ended, made_of
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.stream import pause
from bletui.backends.cassia.table import LinkTable
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Event, LinkChanged, Peer, Shed, StreamChanged, StreamState

POLL: Final = 10.0  # seconds between two looks at the connection list, where no stream tells of links
INFO, NODES = "/cassia/info", "/gap/nodes"
CONNECTED: Final = {"connection_state": "connected"}
_STATES: Final = frozenset({"connected", "disconnected"})


class Watch:
    """Keeps lanes and links true. `informed` is set once the router has told of itself, or refused to; `asked` holds
    the addresses whose links we are ending. `looks` bounds how many routers are looked at at once; `known` is what
    others say of this one, for where it says nothing itself."""

    def __init__(
        self,
        router: Router,
        lanes: Lanes,
        table: LinkTable,
        say: Callable[[Event], None],
        now: Callable[[], float],
        *,
        lane: str | None,
        looks: asyncio.Semaphore,
        known: api.RouterInfo,
    ) -> None:
        self.info = self.known = known
        self.informed = asyncio.Event()
        self.asked: set[str] = set()
        self.wanted: dict[str, str] = {}  # address -> the lane on which we are connecting it
        self.live = False
        self._router = router
        self._lanes = lanes
        self._table = table
        self._say = say
        self._now = now
        self._lane = lane
        self._looks = looks
        self._informed = False
        self._unread = 0
        self._stirred = asyncio.Event()
        self._told: StreamState = "off"
        self._missing = False

    async def run(self, speed: float, chance: Callable[[], float]) -> None:
        attempt, self._informed = 0, False
        while True:
            self._stirred.clear()
            try:
                async with self._looks:
                    await self.look()
                failure, wait, attempt = None, POLL, 0
            except BleError as error:
                failure, self._informed = error.failure, False  # it may come back as another router, or a newer one
                wait, attempt = pause(failure, attempt, chance()) or 60.0, attempt + 1
            self._lanes.usable(failure)
            self.informed.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(None if self.live and failure is None else wait / speed):
                    await self._stirred.wait()

    def stir(self) -> None:
        """Has the list looked at now."""
        self._stirred.set()

    async def look(self) -> None:
        self._informed = self._informed or await self._inform()
        since = self._table.stamp
        answer = await self._router.get(NODES, CONNECTED, operation="links")
        context = self._router.context()
        links, unread = made_of(answer, api.connections, operation="links", context=context)
        at = self._now()
        listed = [Peer(self._lanes.of(link.chip), link.address) for link in links]
        found = [
            LinkChanged(at, peer, "up", phy=link.phy, bonded=link.bonded)
            for peer, link in zip(listed, links, strict=True)
        ]
        self._table.compare(found, since, whole=not unread)
        self._lanes.used(self._table.peers())
        self._count(max(0, unread - self._unread))
        self._unread = unread

    # -- the stream

    def take(self, events: list[api.Json]) -> int:
        states, malformed = api.read_all(events, api.link_state)
        for state in newest(states):
            self._happened(state)
        return malformed

    def streamed(self, state: StreamState, failure: Failure | None, retry_at: float | None) -> None:
        """A firmware without this stream is no failure: the list is looked at instead."""
        changed = self.live != (state == "live")
        self.live = state == "live"
        if changed:
            self._informed = self._informed and self.live  # a cut stream may be a reboot, into other firmware
            self.stir()
        if failure is not None:
            self._missing = failure.kind is ErrorKind.ROUTER_CONFIG
        if self._missing and not self.live:
            state, failure, retry_at = "off", None, None
        if (state, failure) != (self._told, None):
            self._told = state
            self._say(StreamChanged(self._now(), self._lane, "state", state, failure, retry_at))

    def _happened(self, state: api.LinkState) -> None:
        known = self._table.find(state.address)
        peer = known or Peer(self.wanted.get(state.address) or self._lanes.of(0), state.address)
        if state.chip is not None:
            peer = Peer(self._lanes.of(state.chip), state.address)
        if state.state == "connected":
            self._table.up(peer)
        elif state.state == "disconnected" and known is not None:
            asked = state.address in self.asked
            self._table.down(known, link_ended(state.reason, asked=asked, context=self._router.context(known)))
        self._lanes.used(self._table.peers())

    def _count(self, malformed: int) -> None:
        if malformed:
            self._say(Shed(self._now(), None, MALFORMED, malformed))

    async def _inform(self) -> bool:
        """Asks for the router's facts; a login page in their place is no failure, only less to show."""
        try:
            found = await read_info(self._router)
        except BleError as error:
            if error.failure.status is None:
                raise
            self.info = self.known
            self._lanes.learn(self.info, {"info": f"not told: {why_untold(error.failure)}"})
            return True
        self.info = found.with_rest_of(self.known)
        self._router.mac = self.info.mac
        self._lanes.learn(self.info, {})
        return True


def newest(states: Iterable[api.LinkState]) -> Iterable[api.LinkState]:
    """Of each device the last state told, of those that came at once. Nobody here can have had a part in what lies
    between: a stream that was held up tells of minutes at once, and of links that were made anew since."""
    found: dict[str, api.LinkState] = {}
    for state in states:
        if state.state in _STATES:
            found.pop(state.address, None)
            found[state.address] = state
    return found.values()


async def read_info(router: Router) -> api.RouterInfo:
    """`GET /cassia/info`; `data.malformed` where a login page stands in its place."""
    answer = await router.get(INFO, operation="info")
    return made_of(answer, api.router_info, operation="info", context=router.context())


def why_untold(failure: Failure) -> str:
    """Why the router's facts are missing, in words."""
    return "its web page asks for a login" if failure.status == 200 else f"HTTP {failure.status}"
