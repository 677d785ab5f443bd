"""The one stream in which an access controller tells of all its routers, and the switches for what it tells."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from bletui.backends.cassia.api import Json, read_all
from bletui.backends.cassia.feeds import OwnStreams, Query, StreamName, Take
from bletui.backends.cassia.happenings import MALFORMED, EventReader
from bletui.backends.cassia.hubs import Hub, accepted, stated
from bletui.backends.cassia.native import made_of
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.station import Setting
from bletui.backends.cassia.stream import Say, keep, pause
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Shed, StreamChanged, StreamState

# The vendor's SDK guide, "SSE Combination API"
EVENTS, AP_STATE = "/aps/events", "/aps/ap-state/open"
SWITCHES: Final[Mapping[StreamName, str]] = {"scan": "scan", "notify": "notify", "state": "connection-state"}
SORTS: Final[Mapping[object, StreamName]] = {
    "notification": "notify",
    "indication": "notify",
    "connection_state": "state",
}


@dataclass(slots=True, eq=False)
class Share:
    """What one router wants of the stream. `life`: that of the stream in which it was switched on; `instead`: where to
    get it if there is no such stream."""

    mac: str
    stream: StreamName
    query: Query
    take: Take
    say: Say
    instead: OwnStreams
    life: int = 0
    tries: int = 0
    due: float = 0.0  # monotonic time of the next try


class Combined:
    """`heard` gets every router state that the stream tells, `changed` is called when the stream opens or turns out to
    be `missing`: then everybody has streams of their own. `tells_states`: whether coming and going is told."""

    def __init__(
        self, setting: Setting, router: Router, heard: Callable[[list[Hub]], None], changed: Callable[[], None]
    ) -> None:
        self.missing = False
        self.tells_states = False
        self._setting = setting
        self._router = router
        self._heard = heard
        self._changed = changed
        self._life = 0
        self._live = False
        self._broken = False
        self._shares: dict[StreamName, dict[str, Share]] = {stream: {} for stream in SWITCHES}
        self._leaving: set[str] = set()  # routers whose scan is to be switched off
        self._stirred = {stream: asyncio.Event() for stream in SWITCHES}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [self._kept(), *(self._setting.start(self._switch(stream)) for stream in SWITCHES)]

    def _kept(self) -> asyncio.Task[None]:
        s = self._setting
        return s.start(keep(self._listen, self._streamed, clock=s.env.clock, speed=self._router.speed, chance=s.chance))

    # -- what routers want of it

    def add(self, share: Share) -> None:
        """A stream that waits for its next try does not wait on."""
        if self.missing:
            share.instead.open(share.stream, share.query, share.take, share.say)
            return
        self._shares[share.stream][share.mac] = share
        share.say("opening", None, None)
        if self._broken:
            self._broken = False
            self._tasks[0].cancel()
            self._tasks[0] = self._kept()
        self._stirred[share.stream].set()

    def drop(self, mac: str, stream: StreamName) -> None:
        """Only a scan is switched off: the others are on from the start, for whoever else reads them."""
        share = self._shares[stream].pop(mac, None)
        if share is not None and self._live and share.life == self._life:
            self._leave(share)

    def _leave(self, share: Share) -> None:
        if share.stream == "scan":
            self._leaving.add(share.mac)
            self._stirred["scan"].set()

    # -- the switches

    async def _switch(self, stream: StreamName) -> None:
        """Switches on what is wanted; a scan that no longer is, off."""
        while True:
            await self._due(stream)
            if stream == "scan":
                await self._close()
            by_query: dict[tuple[tuple[str, str], ...], list[Share]] = defaultdict(list)
            waiting = self._waiting(stream)
            for share, query in zip(waiting, await _asked([one.query for one in waiting]), strict=True):
                by_query[tuple(query.items())].append(share)
            for items, shares in by_query.items():
                await self._open(stream, shares, dict(items))

    async def _close(self) -> None:
        leaving, self._leaving = self._leaving - set(self._shares["scan"]), set()
        if leaving and self._live:
            with suppress(BleError):  # what still comes is not taken
                await self._turn("scan", "close", sorted(leaving), {})

    def _waiting(self, stream: StreamName) -> list[Share]:
        now = self._setting.env.clock.monotonic()
        shares = self._shares[stream].values() if self._live else ()
        return [share for share in shares if share.life != self._life and share.due <= now]

    async def _due(self, stream: StreamName) -> None:
        shares = self._shares[stream].values() if self._live else ()
        due = min((share.due for share in shares if share.life != self._life), default=math.inf)
        wait = None if due == math.inf else max(0.0, due - self._setting.env.clock.monotonic())
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._stirred[stream].wait()
        self._stirred[stream].clear()

    async def _open(self, stream: StreamName, shares: Sequence[Share], query: Mapping[str, str]) -> None:
        life = self._life
        try:
            await self._turn(stream, "open", [share.mac for share in shares], query)
        except BleError as error:
            await self._otherwise(stream, shares, query, error.failure)
            return
        for share in shares if self._live and life == self._life else ():
            if self._shares[stream].get(share.mac) is share:
                share.life, share.tries = life, 0
                share.say("live", None, None)
            elif share.mac not in self._shares[stream]:
                self._leave(share)

    async def _otherwise(
        self, stream: StreamName, shares: Sequence[Share], query: Mapping[str, str], failure: Failure
    ) -> None:
        """A controller that takes none may not know one of them, or that a router can scan with all its chips."""
        refused = failure.kind is ErrorKind.REQUEST_INVALID
        if refused and len(shares) > 1:
            for share in shares:
                await self._open(stream, [share], query)
        elif refused and query.get("chip") == "all":
            await self._open(stream, shares, {name: value for name, value in query.items() if name != "chip"})
        else:
            for share in shares:
                self._refused(share, failure)

    async def _turn(self, stream: StreamName, how: str, macs: Sequence[str], query: Mapping[str, str]) -> None:
        path, operation = f"/aps/{SWITCHES[stream]}/{how}", stream
        answer = await self._router.post(path, {"aps": list(macs), **_wanted(stream, query)}, operation=operation)
        made_of(answer, accepted, operation=operation, context=self._router.context())

    def _refused(self, share: Share, failure: Failure) -> None:
        if not self._live or self._shares[share.stream].get(share.mac) is not share:
            return
        clock, speed = self._setting.env.clock, self._router.speed
        wait = pause(failure, share.tries, self._setting.chance())
        share.tries += 1
        share.due = math.inf if wait is None else clock.monotonic() + wait / speed
        retry_at = None if wait is None else clock.wall() + wait / speed
        share.say("broken", replace(failure, router=share.mac), retry_at)

    # -- the stream

    async def _listen(self, live: Callable[[], None]) -> None:
        reader = EventReader()

        def take(data: bytes) -> None:
            events, malformed = reader.feed(data)
            if malformed := malformed + self._deal(events):
                self._setting.say(Shed(self._setting.now(), None, MALFORMED, malformed))

        await self._router.stream(EVENTS, {}, live=live, take=take, operation="state")

    def _streamed(self, state: StreamState, failure: Failure | None, retry_at: float | None) -> None:
        if failure is not None and failure.kind is ErrorKind.ROUTER_CONFIG and not self._life:
            self._give_up()
            return
        self._live = state == "live"
        self._broken = state == "broken"
        self._setting.say(StreamChanged(self._setting.now(), None, "events", state, failure, retry_at))
        if self._live:
            self._begin()
        else:
            self.tells_states = False
            for share in self._every():
                share.say(state, failure, retry_at)

    def _begin(self) -> None:
        self._life += 1
        for share in self._every():
            share.due, share.tries = 0.0, 0
        self._leaving.clear()
        for stirred in self._stirred.values():
            stirred.set()
        self._setting.start(self._ask_for_states())
        self._changed()

    async def _ask_for_states(self) -> None:
        life = self._life
        try:
            answer = await self._router.get(AP_STATE, operation="state")
            made_of(answer, accepted, operation="state", context=self._router.context())
        except BleError:
            return  # the list is looked at the more often
        self.tells_states = self._live and life == self._life

    def _give_up(self) -> None:
        """The controller is too old for it: each router has streams of its own."""
        self.missing = True
        shares = self._every()
        for stream in SWITCHES:
            self._shares[stream].clear()
        for share in shares:
            self.add(share)
        self._setting.say(StreamChanged(self._setting.now(), None, "events", "off"))
        for task in self._tasks:
            task.cancel()
        self._changed()

    def _every(self) -> list[Share]:
        return [share for shares in self._shares.values() for share in shares.values()]

    # -- its events

    def _deal(self, events: Sequence[Json]) -> int:
        """Hands each event to its router; how many are none."""
        adverts: dict[str, list[Json]] = {}
        malformed = 0
        for event in events:
            if not isinstance(event, dict) or not isinstance(event.get("dataType"), str):
                malformed += 1
            elif event["dataType"] != "scan":
                malformed += self._happened(event)
            elif isinstance(event.get("ap"), str):
                adverts.setdefault(event["ap"], []).append(event)
            else:
                malformed += 1
        return malformed + sum(self._handed("scan", mac, heard) for mac, heard in adverts.items())

    def _happened(self, event: Mapping[str, Json]) -> int:
        sort, mac = event["dataType"], event.get("ap")
        if sort == "state" and isinstance(event.get("aps"), dict):
            # Connected devices may stand among the routers, and are no routers.
            rows = [row for row in event["aps"].values() if not isinstance(row, dict) or "status" in row]
            hubs, malformed = read_all(rows, stated)
            self._heard(hubs)
            return malformed
        if sort == "ap_state":
            hubs, malformed = read_all([event], stated)
            self._heard(hubs)
            return malformed
        if sort in SORTS and isinstance(mac, str):
            return self._handed(SORTS[sort], mac, [event])
        return 1

    def _handed(self, stream: StreamName, mac: str, events: list[Json]) -> int:
        """What nobody here has asked for is somebody else's."""
        share = self._shares[stream].get(mac.upper())
        return share.take(events) if share else 0


class ShareFeed:
    """The streams of one router behind a controller."""

    def __init__(self, combined: Combined, mac: str, own: OwnStreams) -> None:
        self._combined = combined
        self._mac = mac
        self._own = own

    def open(self, stream: StreamName, query: Query, take: Take, say: Say) -> None:
        self.close(stream)
        self._combined.add(Share(self._mac, stream, query, take, say, self._own))

    def close(self, stream: StreamName) -> None:
        self._combined.drop(self._mac, stream)
        self._own.close(stream)


async def _asked(queries: Sequence[Query]) -> list[Mapping[str, str]]:
    """What each asks for; they settle it side by side."""

    async def settled(query: Query) -> Mapping[str, str]:
        return await query()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(settled(query)) for query in queries]
    return [task.result() for task in tasks]


def _wanted(stream: StreamName, query: Mapping[str, str]) -> dict[str, object]:
    """A scan's parameters as the switch takes them; the others have none."""
    if stream != "scan":
        return {}
    return {
        name: int(value) if name in ("active", "chip") and value.isdigit() else value
        for name, value in query.items()
        if name != "event"
    }
