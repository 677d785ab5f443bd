"""The radios' events to the streams of the router's API, and the streams' wishes to the radios. No HTTP here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager

from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.bridge.router_api.rows import Counters
from bletui.bridge.router_api.scanner import ADVERTISEMENTS, Lines, Scanner
from bletui.bridge.router_api.seats import Seat
from bletui.bridge.router_api.teller import Happening, Teller, Unanswered
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Event,
    GattTree,
    Lane,
    LaneChanged,
    LinkChanged,
    Owner,
    Peer,
    ScanRequest,
    Shed,
    Snapshot,
)
from bletui.news import News
from bletui.radio import Attachment, Radio
from bletui.target import invalid

STREAMS_MAX = 32  # as routers
KEEP_ALIVE = 30.0  # seconds, as routers
OWNER = Owner("router-api")


class Feed:
    """Serves up to `STREAMS_MAX` streams from one seat at each radio; chips are numbered in the order of the lanes.
    `profile`: how its scan streams are written."""

    def __init__(self, radios: Sequence[Radio], *, speed: float = 1.0, profile: Profile = DEFAULT) -> None:
        self._profile = profile
        self._chips: dict[str, int] = {}
        self._seats = [Seat(radio) for radio in radios]
        self._scanners: set[Scanner] = set()
        self._tellers: set[Teller] = set()
        self._speed = speed
        self._wishing = asyncio.Lock()
        self._wishes_changed = asyncio.Event()
        self._radio_shed = 0
        self._client_shed = 0  # of clients that have left

        self._listeners: set[Callable[[Happening], None]] = set()
        self._gaps: list[Callable[[], None]] = []
        self._wants: dict[str, ScanRequest] = {}
        self._ears: list[Callable[[Sequence[Advertisement]], None]] = []
        self._tasks: asyncio.TaskGroup | None = None

    async def open(self) -> None:
        """Takes the seats, in order, so that the chips' numbers do not depend on luck."""
        for seat in self._seats:
            await self._sit(seat)

    async def run(self) -> None:
        """Feeds the streams until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for seat in self._seats:
                tasks.create_task(self._pump(seat))
            tasks.create_task(self._beat())
            tasks.create_task(self._follow_wishes())

    def end_streams(self) -> None:
        for stream in self._streams():
            stream.close()

    async def aclose(self) -> None:
        """Ends every stream and leaves the seats; no scan goes on because of them."""
        self.end_streams()
        for seat in self._seats:
            if seat.attachment is not None:
                await seat.attachment.detach(keep=False)
                seat.empty()

    async def add_scanner(self, scanner: Scanner) -> None:
        """`busy.capacity`: too many streams; otherwise what the radios say to the wish."""
        self._admit()
        self._scanners.add(scanner)
        try:
            await self._wish()
        except BaseException:  # cancelled too: nobody would take it off the list
            self.leave(scanner)
            raise

    def add_teller(self, teller: Teller) -> None:
        self._admit()
        self._tellers.add(teller)

    def leave(self, stream: Scanner | Teller) -> None:
        stream.close()
        self._client_shed += stream.outbox.shed
        if isinstance(stream, Scanner):
            self._scanners.discard(stream)
            self._wishes_changed.set()
        else:
            self._tellers.discard(stream)

    def chip(self, lane: str) -> int:
        """The lane's number, the next one when it is new; it keeps it when it goes and comes back."""
        return self._chips.setdefault(lane, len(self._chips))

    def lanes(self, chip: int | None) -> tuple[str, ...] | None:
        """The lanes behind `chip`, None for all; `request.invalid`: no such chip, else why none of them is ready."""
        there = [lane for lane in self._lanes() if chip is None or self.chip(lane.id) == chip]
        if chip is not None and not there:
            raise invalid(f"chip={chip}: the chips here are {sorted(self.chip(lane.id) for lane in self._lanes())}")
        if not any(lane.usable is None for lane in there):
            raise BleError(_not_ready(there, self.snapshots()))
        return None if chip is None else tuple(lane.id for lane in there)

    def is_ready(self) -> bool:
        """Whether any lane can be used."""
        return any(lane.usable is None for lane in self._lanes())

    def lanes_of(self, chip: int | None) -> tuple[str, ...] | None:
        """The lanes behind `chip`, usable or not; None: all of them."""
        return None if chip is None else tuple(lane.id for lane in self._lanes() if self.chip(lane.id) == chip)

    # -- for calls

    def attachment(self, lane: str) -> Attachment:
        """The seat at the radio of `lane`."""
        for seat in self._seats:
            if seat.attachment is not None and lane in seat.folding.lanes():
                return seat.attachment
        raise BleError(Failure(kind=ErrorKind.ADAPTER_MISSING, lane=lane, detail="the lane is gone"))

    def link(self, address: str) -> LinkChanged | None:
        """The link to `address` that is up, if there is one."""
        found = (link for seat in self._seats for link in seat.folding.links_to(address) if link.state == "up")
        return next(found, None)

    def tree(self, peer: Peer) -> GattTree | None:
        found = (state.trees.get(peer) for state in self.snapshots())
        return next((changed.tree for changed in found if changed is not None), None)

    def connecting_lanes(self, chip: int | None) -> list[Lane]:
        """The lanes of `chip`, None for any, that may connect; `request.invalid`, or why there is none."""
        wanted = self.lanes(chip)
        there = [lane for lane in self._lanes() if lane.usable is None and (wanted is None or lane.id in wanted)]
        able = [lane for lane in there if "connect" not in lane.cannot]
        if not able:
            why = next((lane.cannot["connect"] for lane in there), "")
            raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation="connect", detail=why))
        return able

    def listen(self, notice: Callable[[Happening], None], missed: Callable[[], None] | None = None) -> None:
        """`notice` hears every event but advertisements from now on; `missed` is called where events were
        lost, when the state is known again."""
        self._listeners.add(notice)
        if missed is not None:
            self._gaps.append(missed)

    async def want(self, name: str, wish: ScanRequest | None) -> None:
        """A scan that no stream reads, under a name; None ends it."""
        self._wants.pop(name, None)
        if wish is not None:
            self._wants[name] = wish
        await self._wish()

    def overhear(self, ear: Callable[[Sequence[Advertisement]], None]) -> None:
        """`ear` gets every batch of advertisements from now on, whoever asked for the scan."""
        self._ears.append(ear)

    @contextmanager
    def listening(self, notice: Callable[[Happening], None]) -> Iterator[None]:
        """`notice` hears every event but advertisements meanwhile."""
        self._listeners.add(notice)
        try:
            yield
        finally:
            self._listeners.discard(notice)

    async def until(self, true: Callable[[], bool], within: float) -> None:
        """Until `true()` holds, which is looked at after each event, or `within` seconds have passed."""
        news = News()
        with self.listening(lambda _: news.tell()):
            await news.until(true, within)

    def announce(self, news: Unanswered) -> None:
        """Tells the streams what no radio tells."""
        for teller in self._tellers:
            teller.offer(news)
        for notice in tuple(self._listeners):
            notice(news)

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Runs `work` beside the streams."""
        if self._tasks is None:
            work.close()
            raise BleError(Failure(kind=ErrorKind.ROUTER_UNAVAILABLE, detail="not started yet"))
        self._tasks.create_task(work)

    def snapshots(self) -> list[Snapshot]:
        """Per radio, without advertisements."""
        return [seat.folding.snapshot() for seat in self._seats]

    def counters(self, uptime: float) -> Counters:
        streams = self._streams()
        shed = self._client_shed + sum(stream.outbox.shed for stream in streams)
        return Counters(uptime, len(streams), self._radio_shed, shed)

    def _lanes(self) -> Iterator[Lane]:
        return (changed.lane for state in self.snapshots() for changed in state.lanes.values())

    def _streams(self) -> list[Scanner | Teller]:
        return [*self._scanners, *self._tellers]

    def _admit(self) -> None:
        if len(self._streams()) >= STREAMS_MAX:
            raise BleError(Failure(kind=ErrorKind.BUSY_CAPACITY, detail=f"{STREAMS_MAX} streams are open already"))

    async def _sit(self, seat: Seat) -> None:
        for lane in await seat.take(OWNER):
            self.chip(lane)
        await self._wish()

    async def _pump(self, seat: Seat) -> None:
        """Until the radio ends. A seat that fell too far behind is taken again."""
        while seat.attachment is not None:
            try:
                async for batch in seat.attachment.events():
                    self._deliver(seat, batch.events)
                seat.empty()
            except BleError as lost:
                if lost.failure.kind is not ErrorKind.BUSY_CAPACITY:
                    raise
                self._end_tellers()
                await seat.attachment.detach(keep=True)
                await self._sit(seat)
                for missed in self._gaps:
                    missed()

    def _end_tellers(self) -> None:
        """Link events were lost: their streams end, so that clients ask for the state anew."""
        for teller in self._tellers:
            teller.close()

    def _deliver(self, seat: Seat, events: Sequence[Event]) -> None:
        heard = [event for event in events if type(event) is Advertisement]
        for ear in self._ears if heard else ():
            ear(heard)
        if heard and self._scanners:
            known = heard if self._profile.extended else [ad for ad in heard if ad.extended is None]
            lines = Lines(known, self.chip, self._profile)
            for scanner in self._scanners:
                scanner.offer(lines)
        if len(heard) < len(events):
            self._happened(seat, [event for event in events if type(event) is not Advertisement])

    def _happened(self, seat: Seat, events: Sequence[Event]) -> None:
        seat.folding.extend(events)
        for event in events:
            match event:
                case LaneChanged(lane=lane):
                    self.chip(lane.id)
                    self._wishes_changed.set()  # a new lane may be one that a client waits for
                case Shed(what=what, count=count):
                    self._radio_shed += count
                    for scanner in self._scanners if what == ADVERTISEMENTS else ():
                        scanner.outbox.tell_shed(count)
            for teller in self._tellers:
                teller.offer(event)
            for notice in tuple(self._listeners):
                notice(event)

    async def _wish(self) -> None:
        async with self._wishing:
            for seat in self._seats:
                wanted = seat.wanted([*self._wants.values(), *(scanner.wish for scanner in self._scanners)])
                if seat.attachment is not None and wanted != seat.wish:
                    seat.wish = wanted
                    await seat.attachment.scan(wanted)

    async def _follow_wishes(self) -> None:
        while True:
            await self._wishes_changed.wait()
            self._wishes_changed.clear()
            await self._wish()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE / self._speed)
            for stream in self._streams():
                stream.outbox.beat(self._profile.keep_alive)


def _not_ready(lanes: Iterable[Lane], states: Iterable[Snapshot]) -> Failure:
    """Why a lane can't be used, else why a radio without lanes has none."""
    broken = (stream.failure for state in states for stream in state.streams.values())
    failures = (failure for failure in (*(lane.usable for lane in lanes), *broken) if failure is not None)
    return next(failures, Failure(kind=ErrorKind.ADAPTER_MISSING, detail="no lane is there yet"))


def links(states: Iterable[Snapshot]) -> Iterator[LinkChanged]:
    return (link for state in states for link in state.links.values())
