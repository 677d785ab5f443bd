"""What devices and lanes keep of a pairing."""

from __future__ import annotations

from bletui.backends.simulator.attributes import Guard
from bletui.backends.simulator.ending import Ending
from bletui.backends.simulator.link import Peripheral
from bletui.backends.simulator.links import Links
from bletui.backends.simulator.world import World
from bletui.failure import Failure
from bletui.model import Bond, Peer


class Bonds:
    def __init__(self, world: World, links: Links) -> None:
        self._world, self._links = world, links

    def listed(self) -> tuple[Bond, ...]:
        found = [
            Bond(lane, device.identity, device.name)
            for device in self._links.peripherals.values()
            for lane in device.bonds
        ]
        return tuple(sorted(found, key=lambda bond: (bond.lane, bond.address)))

    async def remove(self, peer: Peer, within: float) -> None:
        """Forgets the keys of a device, connected or not; forgetting what is not there is success."""
        receiver = self._world.receiver(peer.lane)

        def late(word: str | None) -> Failure:
            return self._world.refusals.call(receiver, word or "timeout", "unpair", peer.address, self._world.at)

        async with Ending().within(within, "unpair", late) as limit:
            await self._world.trouble("unpair", receiver, peer.address, limit)
            found = self._bonded(peer)
            if found is None:
                return
            del found.bonds[peer.lane]
            found.stale.discard(peer.lane)
            found.switched.pop(peer.lane, None)
            link = self._links.find(peer)
            if link is not None:
                link.falls = [(when, why) for when, why in link.falls if why != "key"]
                link.level = Guard.OPEN
                self._world.emit([link.up(self._world.at)])

    def _bonded(self, peer: Peer) -> Peripheral | None:
        """The device that this lane has a bond with, by its identity or its address of the moment."""
        for device in self._links.peripherals.values():
            now = device.link.peer.address if device.link else device.device.content(self._world.t).address
            if peer.lane in device.bonds and peer.address in (device.identity, now):
                return device
        return None
