"""One router, whole: its lanes, links, attributes and pairings, and what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bletui.backend import Env
from bletui.backends.cassia.adverts import ScanReader
from bletui.backends.cassia.api import Json, RouterInfo
from bletui.backends.cassia.delivery import Delivery
from bletui.backends.cassia.feeds import Feed, Start
from bletui.backends.cassia.gatt import Gatt
from bletui.backends.cassia.lanes import Lanes
from bletui.backends.cassia.links import Links
from bletui.backends.cassia.options import Options
from bletui.backends.cassia.pairing import Pairing
from bletui.backends.cassia.query import Firmware, scan_query
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.table import LinkTable
from bletui.backends.cassia.watch import Watch
from bletui.failure import Failure
from bletui.model import AddressType, Event, LinkChanged, Peer, ScanRequest, StreamChanged, StreamState

PATIENCE: Final = 2.0  # seconds that a scan waits to learn which filters the firmware knows
ALL_CHIPS: Final = (2, 1, 1)  # the first firmware with chip=all


@dataclass(frozen=True, slots=True)
class Setting:
    """What the stations of one radio share. `now` is its wall time, `chance` gives numbers in [0, 1)."""

    options: Options
    env: Env
    emit: Callable[[Sequence[Event]], None]
    now: Callable[[], float]
    start: Start
    chance: Callable[[], float]
    prompts: Iterator[int]
    looks: asyncio.Semaphore

    def say(self, event: Event) -> None:
        self.emit((event,))


class Station:
    """`lane` names the router in what is said of its streams; None: it is the radio's only one. `known` is what others
    say of it. Calls are made on `links`, `gatt` and `pairing`; none while it is `unusable`."""

    def __init__(
        self,
        setting: Setting,
        router: Router,
        lanes: Lanes,
        feed: Feed,
        *,
        lane: str | None = None,
        known: RouterInfo | None = None,
        unusable: Failure | None = None,
    ) -> None:
        self.lanes = lanes
        self.unusable = unusable
        self._setting = setting
        self._feed = feed
        self._lane = lane
        say, now = setting.say, setting.now
        self._table = table = LinkTable(self._say_link, now)
        self._watch = watch = Watch(
            router, lanes, table, say, now, lane=lane, looks=setting.looks, known=known or RouterInfo()
        )
        self.links = Links(router, lanes, table, watch, setting.options.connect, setting.start)
        self.gatt = Gatt(router, table, self.links, watch, Delivery(router, feed, table, say, now, lane))
        self.pairing = Pairing(router, table, self.links, watch, say, now, setting.start, setting.prompts)
        self._watching: asyncio.Task[None] | None = None
        self._wish: ScanRequest | None = None
        self._state: StreamState = "off"
        self._asked_chip: str | None = None
        self._reader = ScanReader(self._lane_of)

    @property
    def running(self) -> bool:
        return self._watching is not None

    def start(self) -> None:
        """The router can be reached: its lanes and links are kept, and it scans if that is wished for."""
        setting = self._setting
        self.unusable = None
        self._watching = setting.start(self._watch.run(setting.env.speed, setting.chance))
        self._feed.open("state", _no_query, self._watch.take, self._watch.streamed)
        self._listen()

    def stop(self, reason: Failure, *, gone: bool = False) -> None:
        """It can't be reached any more: its streams end, and its lanes with all links on them; unless it is `gone`,
        they stand there as unusable then."""
        self.unusable = reason
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        self._feed.close("state")
        self._watch.streamed("off", None, None)
        self._quiet()
        for peer in self._table.forget():
            self._unhang(peer, reason)
        self.lanes.down(reason, gone=gone)

    # -- scanning

    def scan(self, request: ScanRequest | None) -> None:
        if request == self._wish and self._state in {"opening", "live"}:
            return
        self._wish = request
        if self.running:
            self._listen()

    def _listen(self) -> None:
        if self._wish is None or self.lanes.chips_of(self._wish.lanes) == frozenset():
            self._quiet()
        else:
            self._feed.open("scan", self._query, self._take, self._say_scan)

    def _quiet(self) -> None:
        self._feed.close("scan")
        if self._state != "off":
            self._say_scan("off", None, None)

    async def _query(self) -> Mapping[str, str]:
        wish, target = self._wish or ScanRequest(), self._setting.options.scan
        with suppress(TimeoutError):  # a router that tells nothing of itself still scans
            async with asyncio.timeout(PATIENCE / self._setting.env.speed):
                await self._watch.informed.wait()
        firmware = self._watch.info.firmware
        self._asked_chip = target.get("chip") or self._chip(wish, firmware)
        return scan_query(wish, target=target, chip=self._asked_chip, firmware=firmware)

    def _chip(self, wish: ScanRequest, firmware: Firmware | None) -> str | None:
        """The chip to name: one if one is wished for, all where the firmware knows the word, else the router's own."""
        chips = self.lanes.chips_of(wish.lanes)
        if chips is not None and len(chips) == 1:
            return str(next(iter(chips)))
        return "all" if firmware is not None and firmware >= ALL_CHIPS and len(self._watch.info.chips) > 1 else None

    def _take(self, events: list[Json]) -> int:
        heard, malformed = self._reader.read(events, self._setting.now())
        if heard:
            self._setting.emit(heard)
        return malformed

    def _lane_of(self, chip: int | None) -> str:
        """The lane of an event. Firmware 1.3 and before names no chip: it is the one asked for, else 0."""
        if chip is None:
            chip = int(self._asked_chip) if self._asked_chip in {"0", "1"} else 0
        return self.lanes.of(chip)

    def _say_scan(self, state: StreamState, failure: Failure | None, retry_at: float | None) -> None:
        self._state = state
        self._setting.say(StreamChanged(self._setting.now(), self._lane, "scan", state, failure, retry_at))

    # -- links

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = await self.links.connect(address, lane=lane, address_type=address_type, within=within)
        if pair and not self._table.is_bonded(peer.address):
            await self.pairing.pair(peer, within=within)
        return peer

    def _say_link(self, link: LinkChanged) -> None:
        """What hangs on a link ends before the link is told down."""
        if link.state == "down":
            self._unhang(link.peer, link.reason)
        self._setting.say(link)

    def _unhang(self, peer: Peer, reason: Failure | None) -> None:
        self.pairing.forget(peer, reason)
        self.gatt.forget(peer)


async def _no_query() -> Mapping[str, str]:
    return {}
