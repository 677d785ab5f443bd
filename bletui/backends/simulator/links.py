"""Links coming up and going down: who is connected where, how many more a lane can hold, why one ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random

from bletui.backends.simulator import addresses
from bletui.backends.simulator.ending import Ending, Limit
from bletui.backends.simulator.faults import Fault
from bletui.backends.simulator.hearing import Whereabouts, heard_after
from bletui.backends.simulator.link import Link, Peripheral
from bletui.backends.simulator.site import Receiver
from bletui.backends.simulator.world import FAILED_AFTER, World, never
from bletui.failure import BleError, Failure
from bletui.model import AddressType, Event, LaneChanged, LinkChanged, Peer

SETTLE = (0.08, 0.35)  # seconds from the advertisement heard to a link with its MTU exchanged
CLOSING = 0.06  # seconds
FALLS = (0.5, 2.0)  # seconds that a link lasts which comes up while links drop
KEY_CHECK = 0.3  # seconds until a lost key is noticed


class Links:
    """`lane` tells a lane's whole state; `ended` closes what hangs on a link that is gone, and tells so."""

    def __init__(
        self, world: World, lane: Callable[[Receiver, float], LaneChanged], ended: Callable[[Link], list[Event]]
    ) -> None:
        self._world, self._lane, self._ended = world, lane, ended
        self._whereabouts = Whereabouts(world.site)
        self._links: dict[Peer, Link] = {}
        self._attempts: dict[str, tuple[str, Ending]] = {}  # the connect or pair call that each lane is busy with
        self._asking: Counter[str] = Counter()
        self.most_asking: Counter[str] = Counter()  # connect and pair calls at a time, the refused ones too, per lane
        self.peripherals: dict[int, Peripheral] = {}  # by their number on the site
        for number, device in enumerate(world.site.devices):
            if device.manner.stale or device.manner.held:
                self._peripheral(number)

    # -- what is there

    def find(self, peer: Peer) -> Link | None:
        return self._links.get(peer)

    def on(self, peer: Peer, operation: str) -> Link:
        """The link, or the refusal of whoever calls without one."""
        link = self._links.get(peer)
        if link is None:
            raise self._world.refused(self._world.receiver(peer.lane), "absent", operation, peer.address)
        return link

    def silent(self) -> set[str]:
        """The addresses from which nothing is heard: a connected device does not advertise."""
        t = self._world.t
        return {link.peripheral.device.content(t).address for link in self._links.values()}

    # -- coming up

    @asynccontextmanager
    async def asking(self, peer: Peer, operation: str, within: float) -> AsyncIterator[Limit]:
        """Has the lane for itself while it connects or pairs; a second one is refused as a router would."""
        receiver = self._world.receiver(peer.lane)
        self._asking[peer.lane] += 1
        self.most_asking[peer.lane] = max(self.most_asking[peer.lane], self._asking[peer.lane])
        try:
            self._admit(receiver, peer, operation)
            attempt = Ending()
            self._attempts[peer.lane] = peer.address, attempt
            usual = "unseen" if operation == "connect" else "timeout"
            try:
                async with attempt.within(
                    within, operation, lambda word: self._late(receiver, word or usual, operation, peer.address)
                ) as limit:
                    yield limit
            finally:
                del self._attempts[peer.lane]
        finally:
            self._asking[peer.lane] -= 1

    def _admit(self, receiver: Receiver, peer: Peer, operation: str) -> None:
        now = self._world.condition(receiver, self._world.t)
        if failure := now.gone or now.unusable:
            raise BleError(replace(failure, operation=operation, address=peer.address))
        if peer.address in {address for address, _ in self._attempts.values()}:
            raise self._world.refused(receiver, "conflict", operation, peer.address)
        if peer.lane in self._attempts:
            raise self._world.refused(receiver, "busy", operation, peer.address)

    def _late(self, receiver: Receiver, word: str, operation: str, address: str) -> Failure:
        return self._world.refusals.call(receiver, word, operation, address, self._world.at)

    async def bring_up(self, peer: Peer, address_type: AddressType | None, within: float, limit: Limit) -> Link:
        """A new link, once the device has been heard; told before this returns. Call it inside of `asking`."""
        world, receiver = self._world, self._world.receiver(peer.lane)
        await world.trouble("connect", receiver, peer.address, limit)
        if world.used[peer.lane] >= receiver.slots:
            raise world.refused(receiver, "full", "connect", peer.address)
        number = self._whereabouts.number(peer.address, world.t)
        if number is None:
            await never()
        found = self._peripheral(number)
        device = found.device
        if not device.connectable or address_type not in (None, device.address_type):
            await never()
        found.tries += 1
        dice = world.dice("connect", peer.lane, found.identity, found.tries)
        wait = heard_after(device, receiver, world.site, world.t, within * world.speed, dice)
        if wait is None:
            await never()
        await world.pause(wait + dice.uniform(*SETTLE))
        if found.link is not None:
            await never()
        if found.tries % device.manner.accepts:
            await world.pause(FAILED_AFTER)
            raise world.refused(receiver, "failed", "connect", peer.address)
        link = self._new(peer, receiver, found, dice)
        world.emit([link.up(world.at), self._lane(receiver, world.at)])
        return link

    def held(self) -> list[Event]:
        """Links that others have when the site begins, on the last lane."""
        told: list[Event] = []
        for found in self.peripherals.values():
            if found.device.manner.held:
                receiver, at = self._world.site.receivers[-1], self._world.at
                peer = Peer(receiver.lane, found.device.content(0.0).address)
                link = self._new(peer, receiver, found, self._world.dice("held", found.identity))
                told += [link.up(at), self._lane(receiver, at)]
        return told

    def _new(self, peer: Peer, receiver: Receiver, found: Peripheral, dice: Random) -> Link:
        t = self._world.t
        link = Link(peer, receiver, found, t, dice)
        if link.stale:
            link.falls.append((t + KEY_CHECK, "key"))
        if found.device.manner.lasts is not None:
            link.falls.append((t + dice.expovariate(1 / found.device.manner.lasts), "timeout"))
        self._links[peer] = found.link = link
        self._world.used[peer.lane] += 1
        return link

    def _peripheral(self, number: int) -> Peripheral:
        if number not in self.peripherals:
            device = self._world.site.devices[number]
            address, later = device.content(0.0).address, device.content(1e6).address
            # Whoever bonds with a device of private addresses is told another one.
            identity = address if address == later else addresses.static(self._world.dice("identity", number))
            self.peripherals[number] = Peripheral(device, self._world.receivers, identity)
        return self.peripherals[number]

    # -- going down

    async def disconnect(self, peer: Peer, within: float) -> None:
        """By our wish; ending nothing is success."""
        link = self._links.get(peer)
        if link is None:
            return
        receiver = link.receiver
        late = Ending()
        async with late.within(
            within, "disconnect", lambda word: self._late(receiver, word or "timeout", "disconnect", peer.address)
        ) as limit:
            await self._world.trouble("disconnect", receiver, peer.address, limit)
            await self._world.pause(CLOSING)
            self.release(link)

    def release(self, link: Link) -> None:
        self.end(link, self._world.refusals.end(link.receiver, "host", link.peer.address, self._world.at))

    def end(self, link: Link, reason: Failure, *, lane_gone: bool = False) -> None:
        """Once: a link that has ended stays as it is."""
        if self._links.get(link.peer) is not link:
            return
        world, lane = self._world, link.peer.lane
        del self._links[link.peer]
        link.peripheral.link = None
        if link.bonded and not link.stale:
            link.peripheral.switched[lane] = dict(link.modes)
        world.used[lane] -= 1
        for sender in (*link.senders.values(), *link.echoes):
            sender.cancel()
        link.end(reason)
        told = [*self._ended(link), LinkChanged(world.at, link.peer, "down", reason)]
        world.emit(told if lane_gone else [*told, self._lane(link.receiver, world.at)])

    def tick(self, t: float) -> None:
        """Ends what does not outlast the site's second `t`: with its lane, by itself, or on request."""
        for receiver in self._world.site.receivers:
            now = self._world.condition(receiver, t)
            if failure := now.gone or now.unusable:
                self._lane_fails(receiver, replace(failure, operation=""), gone=now.gone is not None)
        drops = self._world.drops(t)
        for link in list(self._links.values()):
            for fault, since in drops:
                self._drop(link, fault, since, t)
            for when, why in link.falls:
                if when <= t:
                    refusals, address = self._world.refusals, link.peer.address
                    at = self._world.at
                    self.end(link, why if isinstance(why, Failure) else refusals.end(link.receiver, why, address, at))

    def _lane_fails(self, receiver: Receiver, reason: Failure, *, gone: bool) -> None:
        if receiver.lane in self._attempts:
            self._attempts[receiver.lane][1].end(reason)
        for link in [link for link in self._links.values() if link.peer.lane == receiver.lane]:
            self.end(link, reason, lane_gone=gone)

    def _drop(self, link: Link, fault: Fault, since: float, t: float) -> None:
        """Each link has one chance with each drop fault, whenever that lasts."""
        receiver, address = link.receiver, link.peer.address
        if (fault.text, since) in link.judged or not fault.fits(receiver.name, address):
            return
        link.judged.add((fault.text, since))
        if self._world.chosen(fault, address):
            when = t if link.since < since else link.since + link.dice.uniform(*FALLS)
            link.falls.append((when, self._world.reason(fault, receiver, address)))

    def close(self, reason: Failure) -> None:
        """Everything at once, and nothing is told."""
        for _, attempt in self._attempts.values():
            attempt.end(reason)
        for link in list(self._links.values()):
            self.end(link, reason)
