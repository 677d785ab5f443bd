"""What is done over a link: discovering, reading, writing, subscribing, signal and PHY."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from bletui.backends.simulator.access import AttError, commandable, mode_of, switchable, value_at, writable
from bletui.backends.simulator.attributes import VALUE_MAX, Effect
from bletui.backends.simulator.hearing import mean
from bletui.backends.simulator.link import Link
from bletui.backends.simulator.links import Links
from bletui.backends.simulator.notifying import Notifying
from bletui.backends.simulator.propagation import FADING, clamped
from bletui.backends.simulator.world import World, never
from bletui.failure import BleError
from bletui.model import GattTree, NotifyMode, Peer, Phy

RESET_AFTER = 0.4  # seconds
PHYS = ("2M", "1M", "CODED")  # the fastest first


class Transfers:
    def __init__(self, world: World, links: Links, notifying: Notifying) -> None:
        self._world, self._links, self._notifying = world, links, notifying

    async def discover(self, peer: Peer, refresh: bool, within: float) -> GattTree:
        async with self._on(peer, "discover", within) as link:
            found = link.peripheral
            if found.device.manner.mute:
                await never()
            if refresh or peer.lane not in found.explored:
                services = found.table.services
                requests = 2 + 2 * len(services) + sum(len(service.characteristics) for service in services) // 3
                await self._world.pause(requests * link.round_trip())
            found.explored.add(peer.lane)
            return GattTree(peer, found.table.services)

    async def read(self, peer: Peer, handle: int, within: float) -> bytes:
        async with self._on(peer, "read", within, handle) as link:
            await self._world.pause(link.round_trip())
            with self._device(link, "read", handle):
                value = value_at(link, handle, self._world.t)
            await self._world.pause(len(value) // (link.mtu - 1) * link.round_trip())
            return value

    async def write(self, peer: Peer, handle: int, value: bytes, response: bool, within: float) -> None:
        link = self._links.on(peer, "write")
        if len(value) > (VALUE_MAX if response else link.mtu - 3):
            raise self._world.refused(link.receiver, "invalid", "write", peer.address)
        async with self._on(peer, "write", within, handle):
            if response:
                parts = 1 if len(value) <= link.mtu - 3 else -(-len(value) // (link.mtu - 5)) + 1
                await self._world.pause(parts * link.round_trip() / 2)
                with self._device(link, "write", handle):
                    self._take(link, handle, value)
                await self._world.pause(parts * link.round_trip() / 2)
                return
            with self._device(link, "write", handle):
                commandable(link, handle)
            await self._world.pause(link.round_trip() / 8)
            try:
                self._take(link, handle, value)
            except AttError:
                return  # a device answers no command, so nobody learns of it

    async def subscribe(self, peer: Peer, handle: int, mode: NotifyMode, within: float) -> None:
        async with self._on(peer, "subscribe", within, handle) as link:
            before = link.modes.get(handle, "off")
            await self._world.pause(link.round_trip() / 2)
            with self._device(link, "subscribe", handle):
                self._switch(link, handle, mode)
            try:
                await self._world.pause(link.round_trip() / 2)
            except asyncio.CancelledError:
                self._notifying.arm(link, handle, before)
                raise

    async def rssi(self, peer: Peer, within: float) -> int:
        async with self._on(peer, "rssi", within) as link:
            await self._world.pause(link.round_trip() / 4)
            level = mean(link.peripheral.device, link.receiver, self._world.site, self._world.t)
            return clamped(round(level + link.dice.gauss(0.0, FADING)))

    async def set_phy(self, peer: Peer, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        """The fastest that both sides can do of what is asked for; what can't be done leaves the link as it is."""
        async with self._on(peer, "set_phy", within) as link:
            if not set(tx + rx) <= set(PHYS):
                raise self._world.refused(link.receiver, "invalid", "set_phy", peer.address)
            await self._world.pause(link.round_trip())
            can, before = link.peripheral.device.manner.phys, link.phy
            wanted = [[phy for phy in PHYS if phy in asked and phy in can] for asked in (tx, rx)]
            link.phy = (wanted[0] or [link.phy[0]])[0], (wanted[1] or [link.phy[1]])[0]
            if link.phy != before:
                self._world.emit([link.up(self._world.at)])
            return Phy(*link.phy)

    @asynccontextmanager
    async def _on(self, peer: Peer, operation: str, within: float, handle: int | None = None) -> AsyncIterator[Link]:
        """The link, for this call alone, until its end or the call's."""
        link = self._links.on(peer, operation)
        world, receiver, address = self._world, link.receiver, peer.address
        if handle is not None and not 1 <= handle <= 0xFFFF:
            raise world.refused(receiver, "invalid", operation, address)
        async with (
            link.within(
                within,
                operation,
                lambda word: world.refusals.call(receiver, word or "timeout", operation, address, world.at),
            ) as limit,
            link.turn,
        ):
            await world.trouble(operation, receiver, address, limit)
            yield link

    @contextmanager
    def _device(self, link: Link, operation: str, handle: int) -> Iterator[None]:
        """The device's refusals in the lane's words."""
        try:
            yield
        except AttError as refused:
            world = self._world
            raise BleError(
                world.refusals.attribute(link.receiver, refused.code, operation, link.peer.address, handle, world.at)
            ) from None

    def _take(self, link: Link, handle: int, value: bytes) -> None:
        switches = link.peripheral.table.switches
        if handle in switches:
            self._switch(link, switches[handle], mode_of(value))
            return
        match writable(link, handle, value).effect:
            case Effect.RESET:
                link.falls.append((self._world.t + RESET_AFTER, "device"))
            case Effect.ECHO:
                self._notifying.echo(link, handle, value)
            case Effect.STORE | Effect.RATE | Effect.REFUSE:
                link.peripheral.written[handle] = value
                self._notifying.changed(link, handle)

    def _switch(self, link: Link, handle: int, mode: NotifyMode) -> None:
        switchable(link, handle, mode)
        if link.modes.get(handle, "off") != mode:
            self._notifying.arm(link, handle, mode)
