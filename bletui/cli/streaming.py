"""Notifications as they come, until the count, the duration or the link's end; then they are switched off again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bletui.cli.device import Device, Work
from bletui.cli.gattlines import notification_line
from bletui.cli.linkrecords import notification_object
from bletui.cli.records import shed_object
from bletui.decode.attributes import Attribute
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Event, Notification, NotifyMode, Properties, Shed, Subscribe

_DELIVERS = Properties.NOTIFY | Properties.INDICATE


async def notify(
    device: Device,
    names: Sequence[str],
    *,
    count: int | None,
    duration: float | None,
    indicate: bool,
    asks: Work | None = None,
) -> None:
    """`count` and `duration` (seconds) None: no end. `gatt.timeout` where the count is not reached in time.

    `asks` is done as soon as it is subscribed, where the device answers something.
    """
    found = [await device.attribute(name) for name in names]
    stream = _Stream(device, {one.handle: one for one in found}, count)
    device.here.take = stream.take
    try:
        async with _subscribed(device, {one.handle: mode(one, indicate=indicate) for one in found}):
            if asks is not None:
                await asks(device)
            ended = await device.here.until(lambda: stream.done or device.lost(), duration)
        async with stream.taking:  # what was handed over is written before anything else is
            pass
    finally:
        device.here.take = None
    if isinstance(ended, Failure):
        raise BleError(ended)
    if ended is None and count is not None:
        detail = f"{stream.count} of {count} within {duration:g} s"
        peer = device.peer
        raise BleError(
            Failure(
                kind=ErrorKind.GATT_TIMEOUT, operation="notify", lane=peer.lane, address=peer.address, detail=detail
            )
        )


class _Stream:
    """What is written of the batches: the wanted attributes' notifications, and where some are missing."""

    def __init__(self, device: Device, wanted: Mapping[int, Attribute], limit: int | None) -> None:
        self._device, self._wanted, self._limit = device, wanted, limit
        self.count = 0
        self.taking = asyncio.Lock()

    @property
    def done(self) -> bool | None:
        """True or None, as `Attached.until` wants it."""
        return True if self._limit is not None and self.count >= self._limit else None

    async def take(self, events: Sequence[Event]) -> None:
        async with self.taking:
            for event in events:
                match event:
                    case Notification(peer=peer, handle=handle) if peer == self._device.peer and not self.done:
                        await self._notified(event, self._wanted.get(handle))
                    case Shed(what="notifications", count=count):
                        await self._device.print(f"… {count} notifications are missing here", shed_object(event))

    async def _notified(self, event: Notification, attribute: Attribute | None) -> None:
        if attribute is not None:
            self.count += 1
            await self._device.print(notification_line(attribute, event), notification_object(attribute, event))


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
