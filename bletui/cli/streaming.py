"""Notifications as they come, until the count, the duration or the link's end; then they are switched off again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bletui.cli.device import Device, Work
from bletui.cli.gattlines import notification_line
from bletui.cli.linkrecords import alert_object, notification_object
from bletui.cli.records import failure_object, shed_object
from bletui.decode.attributes import Attribute
from bletui.decode.lenses import Lens
from bletui.decode.values.alert import Alarm, Rule, Watch
from bletui.errors.card import one_line
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Event, Notification, NotifyMode, Properties, Shed, Subscribe

_DELIVERS = Properties.NOTIFY | Properties.INDICATE


@dataclass(frozen=True, slots=True)
class Until:
    """When it is enough: `count` of notifications, or of what breaks `alert` (without a count, the first);
    `duration` (seconds). None: no end."""

    count: int | None = None
    duration: float | None = None
    alert: Rule | None = None

    @property
    def enough(self) -> int | None:
        return 1 if self.alert is not None and self.count is None else self.count


async def notify(
    device: Device,
    names: Sequence[str],
    until: Until,
    *,
    indicate: bool,
    lens: Lens | None = None,
    asks: Work | None = None,
) -> None:
    """`gatt.timeout` where the count, or an alert, is not reached in time; `request.invalid` where the only attribute
    has no number of the alert's name.

    `asks` is done as soon as it is subscribed, where the device answers something.
    """
    found = [await device.attribute(name) for name in names]
    stream = _Stream(device, {one.handle: one for one in found}, until, lens)
    device.here.take = stream.take
    try:
        async with _subscribed(device, {one.handle: mode(one, indicate=indicate) for one in found}):
            if asks is not None:
                await asks(device)
            ended = await device.here.until(lambda: stream.done or device.lost(), until.duration)
        async with stream.taking:  # what was handed over is written before anything else is
            pass
    finally:
        device.here.take = None
    if isinstance(ended, Failure):
        raise BleError(ended)
    if ended is None and until.enough is not None:
        what = " alerts" if until.alert is not None else ""
        detail = f"{stream.count} of {until.enough}{what} within {until.duration:g} s"
        peer = device.peer
        raise BleError(
            Failure(
                kind=ErrorKind.GATT_TIMEOUT, operation="notify", lane=peer.lane, address=peer.address, detail=detail
            )
        )


class _Stream:
    """What is written of the batches: the wanted attributes' notifications, and where some are missing."""

    def __init__(self, device: Device, wanted: Mapping[int, Attribute], until: Until, lens: Lens | None) -> None:
        self._device, self._wanted, self._until, self._lens = device, wanted, until, lens
        self._before: dict[int, bytes] = {}
        self._alarms: dict[int, Alarm] = {}
        if until.alert is not None:
            self._alarms = {one.handle: Alarm(Watch(until.alert, one.uuid, lens)) for one in wanted.values()}
        self.count = 0
        self.wrong: Failure | None = None
        self.taking = asyncio.Lock()

    @property
    def done(self) -> bool | Failure | None:
        """As `Attached.until` wants it: None as long as it goes on."""
        enough = self._until.enough
        return self.wrong or (True if enough is not None and self.count >= enough else None)

    async def take(self, events: Sequence[Event]) -> None:
        async with self.taking:
            for event in events:
                match event:
                    case Notification(peer=peer, handle=handle) if peer == self._device.peer and not self.done:
                        await self._notified(event, self._wanted.get(handle))
                    case Shed(what="notifications", count=count):
                        await self._device.print(f"… {count} notifications are missing here", shed_object(event))

    async def _notified(self, event: Notification, attribute: Attribute | None) -> None:
        if attribute is None:
            return
        structs = self._device.here.wanted.structs
        if structs is not None and structs.look(time.monotonic()) and structs.failure is not None:
            self._device.here.say(one_line(structs.failure), failure_object(structs.failure))
        told = notification_line(attribute, event, self._lens)
        await self._device.print(told, notification_object(attribute, event, self._lens))
        alarm = self._alarms.get(event.handle)
        if alarm is None:
            self.count += 1
        else:
            await self._judge(event, attribute, alarm)

    async def _judge(self, event: Notification, attribute: Attribute, alarm: Alarm) -> None:
        if len(self._alarms) == 1:
            try:
                alarm.watch.number(event.value)
            except BleError as unknown:
                self.wrong = unknown.failure
                return
        before = self._before.get(event.handle)
        self._before[event.handle] = event.value
        if alarm.take(before, event.value):
            self.count += 1
            await self._device.print(f"ALERT {alarm.why}  {attribute}", alert_object(attribute, event, alarm))


@asynccontextmanager
async def _subscribed(device: Device, modes: Mapping[int, NotifyMode]) -> AsyncIterator[None]:
    """Switches each on, and off again whatever came in between; a link that is gone has taken them along."""
    on: list[int] = []
    try:
        for handle, mode in modes.items():
            await _subscribe(device, handle, mode)
            on.append(handle)
        yield
    finally:
        for handle in on:
            if device.lost() is None:
                await _subscribe(device, handle, "off")


async def _subscribe(device: Device, handle: int, mode: NotifyMode) -> None:
    peer, limit = device.peer, device.here.wanted.limit
    deadline = limit if mode == "off" else None  # the stream may have lasted longer than the command's own
    await device.here.perform(Subscribe(peer.address, peer.lane, handle=handle, mode=mode), deadline)


def mode(attribute: Attribute, *, indicate: bool) -> NotifyMode:
    """As the properties say; where it takes both, `indicate` decides."""
    both = (attribute.properties or _DELIVERS) & _DELIVERS or _DELIVERS
    return "indicate" if both == Properties.INDICATE or indicate else "notify"
