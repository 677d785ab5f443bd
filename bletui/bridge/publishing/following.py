"""What happens on the radios, from one seat at each, as messages in an outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from bletui.bridge.publishing.broker import Broker
from bletui.bridge.publishing.messages import Message
from bletui.bridge.publishing.outbox import Outbox
from bletui.bridge.publishing.pacing import Pacing
from bletui.devices import Device, DeviceStore
from bletui.devices.broadcast import broadcast
from bletui.devices.store import DEVICES_MAX
from bletui.failure import BleError, ErrorKind, Failure
from bletui.filters import push_down
from bletui.model import Advertisement, Event, Folding, LaneDown, Owner, ScanFilter, ScanRequest
from bletui.radio import Attachment, Radio
from bletui.radio.ends import ends_with

AT_ONCE = 128  # advertisements between two turns of the loop
TICK = 0.25  # seconds between two looks for changes that were held back


class Words(Protocol):
    """The messages that stand for what happened; none for what is not published."""

    def event(self, radio: str, event: Event) -> Iterable[Message]: ...

    def device(self, device: Device, meaning: str | None) -> Message: ...


class Following:
    """`scans`: asks the radios to listen for as long as it runs; `active`: for scan responses too."""

    def __init__(
        self,
        radios: Sequence[Radio],
        broker: Broker,
        outbox: Outbox,
        words: Words,
        *,
        owner: Owner,
        wall: Callable[[], float],
        store: DeviceStore | None = None,
        scans: bool = True,
        active: bool = False,
    ) -> None:
        self._radios = list(radios)
        self._wall = wall
        self._group: asyncio.TaskGroup | None = None
        self._outbox = outbox
        self._words = words
        self._owner = owner
        self._devices = broker.devices
        self._wanted = broker.wanted
        self._scans = scans and broker.devices
        self._wish = ScanRequest(active=active, filter=push_down(broker.wanted) if broker.wanted else ScanFilter())
        self._store = DeviceStore() if store is None else store
        self._pacing = Pacing(broker.every, broker.change)
        self._foldings: dict[str, Folding] = {}
        self._meanings: dict[str, tuple[object, str | None]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as self._group:
            for radio in self._radios:
                self._group.create_task(self._follow(radio))
            await self._tick()

    @property
    def names(self) -> list[str]:
        return [radio.name for radio in self._radios]

    def join(self, radio: Radio) -> None:
        """One more radio. One that is closed leaves by itself."""
        self._radios.append(radio)
        if self._group is not None:
            self._group.create_task(self._follow(radio))

    def standing(self) -> list[Message]:
        """What holds now: every lane, every link."""
        found: list[Message] = []
        for radio, folding in self._foldings.items():
            state = folding.snapshot()
            events: tuple[Event, ...] = (*state.lanes.values(), *state.links.values())
            for event in events:
                found += self._words.event(radio, event)
        return found

    async def _follow(self, radio: Radio) -> None:
        """Until it ends. A seat that fell too far behind is taken again: what holds then is told."""
        while True:
            seat = await radio.attach(self._owner)
            try:
                await self._sit(radio.name, seat)
                return self._ended(radio)
            except BleError as lost:
                if lost.failure.kind is not ErrorKind.BUSY_CAPACITY:
                    raise
            finally:
                await seat.detach(keep=False)

    def _ended(self, radio: Radio) -> None:
        """Its lanes and links end with it."""
        self._radios.remove(radio)
        now, at = self._foldings.pop(radio.name).snapshot(), self._wall()
        reason = Failure(kind=ErrorKind.OP_CANCELLED, radio=radio.name, at=at, detail="the bridge has let go of it")
        for lane in now.lanes:
            for event in (*ends_with(now, lane, at, reason), LaneDown(at, lane, reason)):
                self._tell(radio.name, event)

    async def _sit(self, radio: str, seat: Attachment) -> None:
        self._foldings[radio] = Folding(replace(seat.snapshot, heard={}))
        for message in self.standing():
            self._outbox.put(message)
        for changed in seat.snapshot.streams.values():
            self._tell(radio, changed)
        await self._listen([heard for lane in seat.snapshot.heard.values() for heard in lane.values()])
        if self._scans:
            await seat.scan(self._wish)
        async for batch in seat.events():
            await self._take(radio, batch.events)

    async def _take(self, radio: str, events: Sequence[Event]) -> None:
        heard = [event for event in events if type(event) is Advertisement]
        await self._listen(heard)
        if len(heard) == len(events):
            return
        happened = [event for event in events if type(event) is not Advertisement]
        self._foldings[radio].extend(happened)
        for event in happened:
            self._tell(radio, event)

    def _tell(self, radio: str, event: Event) -> None:
        for message in self._words.event(radio, event):
            self._outbox.put(message)

    async def _listen(self, heard: Sequence[Advertisement]) -> None:
        """A site's devices all at once are seconds of work: others have their turn in between."""
        for start in range(0, len(heard) if self._devices else 0, AT_ONCE):
            self._hear(heard[start : start + AT_ONCE])
            await asyncio.sleep(0)

    def _hear(self, heard: Sequence[Advertisement]) -> None:
        now = asyncio.get_running_loop().time()
        self._store.update(heard)
        for device in self._store.take_dirty():
            if self._wanted is None or self._wanted.matches(device) is True:
                said = (device.name, device.connectable, device.service_uuids, self._meaning(device))
                if self._pacing.take(device.address, said, now):
                    self._outbox.put(self._words.device(device, self._meaning(device)))

    def _meaning(self, device: Device) -> str | None:
        """What its beacons say, decoded once for each payload."""
        payload = device.raw if device.fields is None else device.fields
        known = self._meanings.get(device.address)
        if known is not None and known[0] == payload:
            return known[1]
        said = broadcast(device)
        if len(self._meanings) >= DEVICES_MAX:  # they are of devices that the store has forgotten
            self._meanings.clear()
        self._meanings[device.address] = payload, said
        return said

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK)
            for address in self._pacing.due(loop.time()):
                if device := self._store.devices.get(address):
                    self._outbox.put(self._words.device(device, self._meaning(device)))
