"""What devices send without being asked each time: notifications, indications, echoes."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

from bletui.backends.simulator.attributes import Effect
from bletui.backends.simulator.link import Link
from bletui.backends.simulator.world import World
from bletui.model import Notification, NotifyMode

ECHO_AFTER = 0.02  # seconds


class Notifying:
    def __init__(self, world: World) -> None:
        self._world = world

    def arm(self, link: Link, handle: int, mode: NotifyMode) -> None:
        """From now on in this mode; the first value comes at once where the device sends by itself."""
        link.modes.pop(handle, None)
        if sender := link.senders.pop(handle, None):
            sender.cancel()
        if mode == "off" or link.reason is not None:
            return
        link.modes[handle] = mode
        trait = link.peripheral.table.traits[handle]
        rate = _rate(link, handle)
        if rate is not None:
            period, value = 1 / rate if rate else None, _counted
        else:
            period, value = trait.period, lambda count, t: trait.value(t)
        if period is not None:
            link.senders[handle] = self._world.tasks.create_task(self._send(link, handle, period, value))

    def changed(self, link: Link, handle: int) -> None:
        """A value was written that may set the rate of the next characteristic."""
        told = link.peripheral.table.next_notifying(handle)
        if told is not None and told in link.modes:
            self.arm(link, told, link.modes[told])

    def echo(self, link: Link, handle: int, value: bytes) -> None:
        told = link.peripheral.table.next_notifying(handle)
        if told is not None and told in link.modes:
            task = self._world.tasks.create_task(self._echo(link, told, value))
            link.echoes.add(task)
            task.add_done_callback(link.echoes.discard)

    def restore(self, link: Link) -> None:
        """A bonded client finds its subscriptions as it left them (Core, Vol 3 Part G, 3.3.3.3)."""
        if link.bonded and not link.stale:
            for handle, mode in link.peripheral.switched.get(link.peer.lane, {}).items():
                self.arm(link, handle, mode)

    async def _send(self, link: Link, handle: int, period: float, value: Callable[[int, float], bytes]) -> None:
        loop = asyncio.get_running_loop()
        due, count = loop.time(), 0
        while True:
            self._tell(link, handle, value(count, self._world.t))
            count += 1
            due += period * self._world.clock.scale
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _echo(self, link: Link, handle: int, value: bytes) -> None:
        await self._world.pause(ECHO_AFTER)
        size = link.mtu - 3
        for start in range(0, max(len(value), 1), size):
            self._tell(link, handle, value[start : start + size])

    def _tell(self, link: Link, handle: int, value: bytes) -> None:
        indication = link.modes.get(handle) == "indicate"
        self._world.emit([Notification(self._world.at, link.peer, handle, value[: link.mtu - 3], indication)])


def _counted(count: int, t: float) -> bytes:
    return struct.pack("<I", count & 0xFFFF_FFFF)


def _rate(link: Link, handle: int) -> int | None:
    """Notifications a second, where another characteristic sets them."""
    table = link.peripheral.table
    for at, trait in table.traits.items():
        if trait.effect is Effect.RATE and table.next_notifying(at) == handle:
            return int.from_bytes(link.peripheral.value(at, 0.0), "little")
    return None
