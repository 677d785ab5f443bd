"""The radios' events on their way to the fan-out, from radios that come and go while the bridge runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bletui.bridge import holders
from bletui.bridge.adapters import Claims, controller
from bletui.bridge.fanout import Fanout
from bletui.bridge.log import Record
from bletui.bridge.metrics import Tally
from bletui.bridge.protocol import states
from bletui.bridge.radios import Radios
from bletui.failure import BleError, Failure
from bletui.model import Advertisements, Event, LaneChanged, LaneDown, Owner, ScanRequest
from bletui.radio import Attachment, Radio
from bletui.radio.ends import ends_with

OWN = Owner("bridge")


class Intake:
    """Has a seat of its own at each radio. `scans`: listens to the air whether or not a client asks for it."""

    def __init__(
        self, radios: Radios, fanout: Fanout, wall: Callable[[], float], record: Record, *, scans: bool
    ) -> None:
        self.tally = Tally()
        self._radios = radios
        self._fanout = fanout
        self._wall = wall
        self._record = record
        self._scans = scans
        self._claims = Claims()
        self._heard: dict[int, Attachment] = {}
        self._pumps: dict[int, asyncio.Task[None]] = {}
        self._parting: set[int] = set()

    async def listen(self) -> None:
        """To every radio that there is; what was there before is told first. `busy.capacity`: an adapter is taken."""
        for key in self._radios:
            await self._hear(key)

    def pump(self, group: asyncio.TaskGroup, closed: Callable[[], None]) -> None:
        """Hands on what comes from now on. `closed`: is called if a radio is closed under us."""
        for key, seat in self._heard.items():
            if key not in self._pumps:
                self._pumps[key] = group.create_task(self._pump(key, seat, closed))

    def stop(self) -> None:
        for pump in self._pumps.values():
            pump.cancel()

    def release(self) -> None:
        """The adapters are free for other bridges."""
        self._claims.release()

    async def join(self, radio: Radio) -> None:
        """One more radio; pump it then. `busy.capacity`: its adapter is another bridge's."""
        key = self._radios.add(radio)
        try:
            await self._hear(key)
        except BleError:
            del self._heard[key]
            self._radios.remove(key)
            raise

    async def part(self, name: str, close: Callable[[], Awaitable[None]], reason: Failure) -> None:
        """Closes a radio, which releases its own links, and tells what ends with it; the others go on."""
        key = self._radios.called(name)
        self._parting.add(key)
        await close()
        if pump := self._pumps.pop(key, None):
            await asyncio.wait([pump])
        self._parting.discard(key)
        del self._heard[key]
        self._fanout.take(self._ends(self._radios.lanes(key), reason))
        self._fanout.flush()
        self._radios.remove(key)

    def _ends(self, lanes: Sequence[str], reason: Failure) -> list[Event]:
        now, at = self._fanout.state().snapshot(), self._wall()
        told: list[Event] = []
        for lane in lanes:
            told += ends_with(now, lane, at, reason)
            told += [replace(stream, at=at, state="off", failure=None, retry_at=None)
                     for stream in now.streams.values() if stream.lane == lane and stream.state != "off"]  # fmt: skip
            told.append(LaneDown(at, lane, reason))
        left = {controller(changed.lane) for lane, changed in now.lanes.items() if lane not in lanes}
        for gone in (now.lanes[lane].lane for lane in lanes):
            if controller(gone) not in left:  # two radios may have one adapter
                self._claims.give_back(gone)
        return told

    async def _hear(self, key: int) -> None:
        seat = self._heard[key] = await self._radios[key].attach(OWN)
        for changed in seat.snapshot.lanes.values():
            self._claims.claim(changed.lane)  # before anybody is told of the radio
        self._take(key, list(states.told(seat.snapshot, self._wall())))
        if self._scans:
            await seat.scan(ScanRequest())

    async def _pump(self, key: int, seat: Attachment, closed: Callable[[], None]) -> None:
        async for batch in seat.events():
            self._take(key, batch.events)
        if key not in self._parting:
            closed()

    def _take(self, key: int, events: Sequence[Event]) -> None:
        self.tally.note(events)
        if type(events) is not Advertisements:
            events = self._radios.told(key, events)
            self._claim(events)
            self._log_taken(events)
        self._fanout.take(events)

    def _log_taken(self, events: Sequence[Event]) -> None:
        for link, by in holders.taken(events):
            lane, address = link.peer
            self._record("link taken over", owner=by, of=", ".join(link.others(by)), lane=lane, address=address)

    def _claim(self, events: Sequence[Event]) -> None:
        """An adapter that is plugged in while another bridge has it is served all the same: that must be seen."""
        for event in events:
            if isinstance(event, LaneChanged):
                try:
                    self._claims.claim(event.lane)
                except BleError as shared:
                    self._record("adapter shared", lane=event.lane.id, detail=shared.failure.detail)
