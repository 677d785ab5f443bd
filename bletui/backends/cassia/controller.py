"""The routers of an access controller: which there are, which of them can be reached."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from bletui.backends.cassia.api import RouterInfo, read_all
from bletui.backends.cassia.combined import Combined, ShareFeed
from bletui.backends.cassia.feeds import OwnStreams
from bletui.backends.cassia.happenings import MALFORMED, EventReader
from bletui.backends.cassia.hubs import Hub, hub_list, stated
from bletui.backends.cassia.lanes import NAME_MAX, Lanes, settled
from bletui.backends.cassia.native import made_of, offline
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.station import Setting, Station
from bletui.backends.cassia.stream import keep, pause
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import ScanRequest, Shed, StreamChanged, StreamState
from bletui.text import bounded

ONLINE, ALL, STATUS = "/cassia/hubs", "/ac/ap", "/cassia/hubStatus"
POLL: Final = 10.0  # seconds between two looks at the list, where no stream tells of routers
CALM: Final = 60.0  # and where one does
UNLISTED: Final = "the access controller no longer lists this router"
UNKNOWN: Final = "router={mac}: the access controller knows no such router"
NOT_ONLINE: Final = "router={mac}: not among the routers that the access controller lists as online"
NOBODY: Final = "the access controller has no routers that this credential may see"


class Controller:
    """Keeps one station per router in `stations`, by what its lanes' ids begin with."""

    def __init__(self, setting: Setting, router: Router, stations: dict[str, Station]) -> None:
        self._setting = setting
        self._router = router
        self._stations = stations
        self._only = setting.options.only
        self._combined = Combined(setting, router, self._heard, self._stir)
        self._hubs: dict[str, Hub] = {}
        self._news: set[str] = set()  # routers whose state was told while the list was on its way
        self._wish: ScanRequest | None = None
        self._stirred = asyncio.Event()
        self._lists_all = True
        self._told: StreamState = "off"
        self._status: asyncio.Task[None] | None = None
        self._status_live = False

    def start(self, wish: ScanRequest | None) -> None:
        self._wish = wish
        self._combined.start()
        self._setting.start(self._run())

    def scan(self, request: ScanRequest | None) -> None:
        self._wish = request
        for station in list(self._stations.values()):
            station.scan(request)

    def _stir(self) -> None:
        self._stirred.set()

    # -- the list

    async def _run(self) -> None:
        speed, attempt = self._router.speed, 0
        while True:
            self._stirred.clear()
            self._watch_status()
            try:
                await self._survey()
                wait, attempt = CALM if self._combined.tells_states or self._status_live else POLL, 0
                nobody = Failure(kind=ErrorKind.ROUTER_UNAVAILABLE, operation="open", detail=NOBODY)
                failure = None if self._stations else nobody
            except BleError as error:
                failure = error.failure
                wait, attempt = pause(failure, attempt, self._setting.chance()) or CALM, attempt + 1
            self._say(failure, wait / speed)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait / speed):
                    await self._stirred.wait()

    async def _survey(self) -> None:
        self._news.clear()
        every = await self._every()
        hubs = {**(every or {}), **await self._listed(ONLINE, online=True)}
        for mac in [mac for mac in self._hubs if mac not in hubs and mac not in self._news]:
            self._unlisted(mac, gone=every is not None)
        for hub in hubs.values():
            if hub.mac not in self._news:
                self._note(hub)
        for mac in sorted(self._only - set(self._hubs)):
            self._unknown(mac, UNKNOWN if every is not None else NOT_ONLINE)
        self._name()

    async def _every(self) -> dict[str, Hub] | None:
        """The list that names those that are offline too; None: not every controller or account has it."""
        if not self._lists_all:
            return None
        try:
            return await self._listed(ALL, online=False)
        except BleError as error:
            if error.failure.status is None or error.failure.operation == "token":
                raise
            self._lists_all = error.failure.kind is ErrorKind.ROUTER_UNAVAILABLE
            return None

    async def _listed(self, path: str, *, online: bool) -> dict[str, Hub]:
        answer = await self._router.get(path, operation="open")
        read = partial(hub_list, online=online)
        hubs, unread = made_of(answer, read, operation="open", context=self._router.context())
        self._count(unread)
        return {hub.mac: hub for hub in hubs}

    def _say(self, failure: Failure | None, wait: float) -> None:
        state: StreamState = "live" if failure is None else "broken"
        if failure is not None or self._told != state:
            self._told = state
            retry_at = None if failure is None else self._setting.env.clock.wall() + wait
            self._setting.say(StreamChanged(self._setting.now(), None, "routers", state, failure, retry_at))

    # -- what is told of single routers

    def _heard(self, hubs: list[Hub]) -> None:
        for hub in hubs:
            self._news.add(hub.mac)
            if hub.mac not in self._hubs and self._wanted(hub.mac):
                self._stir()  # the list knows more of it
            self._note(hub)
        self._name()

    def _watch_status(self) -> None:
        """Where the controller has no stream for everything, it may have one for this."""
        if self._combined.missing and self._status is None:
            s = self._setting
            self._status = s.start(
                keep(self._listen, self._streamed, clock=s.env.clock, speed=self._router.speed, chance=s.chance)
            )

    async def _listen(self, live: Callable[[], None]) -> None:
        reader = EventReader()

        def take(data: bytes) -> None:
            events, malformed = reader.feed(data)
            hubs, unread = read_all(events, stated)
            self._count(malformed + unread)
            self._heard(hubs)

        await self._router.stream(STATUS, {}, live=live, take=take, operation="state")

    def _streamed(self, state: StreamState, failure: Failure | None, retry_at: float | None) -> None:
        """Without it the list is looked at the more often, and says what is wrong."""
        self._status_live = state == "live"

    def _count(self, malformed: int) -> None:
        if malformed:
            self._setting.say(Shed(self._setting.now(), None, MALFORMED, malformed))

    # -- stations

    def _wanted(self, mac: str) -> bool:
        return not self._only or mac in self._only

    def _key(self, mac: str) -> str:
        return f"{self._setting.env.radio}/{mac}"

    def _note(self, hub: Hub) -> None:
        """What is known of a router now: what it does not say stays as it was."""
        if not self._wanted(hub.mac):
            return
        if before := self._hubs.get(hub.mac):
            hub = Hub(hub.mac, hub.online, *(new or old for new, old in zip(hub[2:], before[2:], strict=True)))
        self._hubs[hub.mac] = hub
        station = self._stations.get(self._key(hub.mac))
        if station is None:
            reason = None if hub.online else offline(self._router.behind(hub.mac).context())
            station = self._meet(hub, reason)
        if hub.online and not station.running:
            station.start()
        elif not hub.online and station.running:
            station.stop(offline(self._router.behind(hub.mac).context()))

    def _meet(self, hub: Hub, unusable: Failure | None) -> Station:
        setting, router = self._setting, self._router.behind(hub.mac)
        facts = {"router": hub.mac, "name": hub.name, "group": hub.group, "model": hub.model, "firmware": hub.version}
        shown = settled(setting.options) | {key: value for key, value in facts.items() if value}
        lanes = Lanes(
            self._key(hub.mac), hub.name or hub.mac, shown, setting.say, setting.now, router=hub.mac, usable=unusable
        )
        own = OwnStreams(router, self._count, setting.start, setting.env.clock, setting.chance)
        feed = ShareFeed(self._combined, hub.mac, own)
        known = RouterInfo(hub.mac, hub.model, hub.version)
        station = Station(setting, router, lanes, feed, lane=lanes.first, known=known, unusable=unusable)
        self._stations[self._key(hub.mac)] = station
        lanes.of(0)  # which every router has
        station.scan(self._wish)
        return station

    def _unlisted(self, mac: str, *, gone: bool) -> None:
        """A list of all has lost it; a list of those online only means that it is not."""
        hub = self._hubs[mac]
        if not gone:
            self._note(hub._replace(online=False))
            return
        del self._hubs[mac]
        reason = replace(offline(self._router.behind(mac).context()), detail=UNLISTED)
        self._stations.pop(self._key(mac)).stop(reason, gone=True)

    def _unknown(self, mac: str, words: str) -> None:
        """A router that the target names, and the controller does not."""
        if self._key(mac) not in self._stations:
            kind = ErrorKind.REQUEST_INVALID if words == UNKNOWN else ErrorKind.ROUTER_UNAVAILABLE
            reason = Failure(kind=kind, operation="open", router=mac, detail=words.format(mac=mac))
            self._meet(Hub(mac, online=False), reason)

    def _name(self) -> None:
        for mac, name in names(self._hubs.values()).items():
            self._stations[self._key(mac)].lanes.call(name)


def names(hubs: Iterable[Hub]) -> Mapping[str, str]:
    """What people know each router by, as short as a lane's name: its own name; where several share it, with the end of
    its address; where that does not tell them apart either, its address."""
    listed = list(hubs)
    found = {hub.mac: bounded(hub.name, NAME_MAX) or hub.mac for hub in listed}
    for again in (lambda hub: f"{bounded(hub.name, NAME_MAX - 6)} {hub.mac[-5:]}", lambda hub: hub.mac):
        shared = Counter(found.values())
        found |= {hub.mac: again(hub) for hub in listed if shared[found[hub.mac]] > 1}
    return found
