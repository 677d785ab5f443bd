"""Links under BlueZ: what its signals tell of them, and the calls for which bleak has none."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bletui.backends.local import devices
from bletui.backends.local.adapters import ADAPTER
from bletui.backends.local.attempt import Attempt
from bletui.backends.local.bleakbus import cut
from bletui.backends.local.bus import BLUEZ, SystemBus
from bletui.backends.local.devices import (
    CHARACTERISTIC,
    DEVICE,
    Arrivals,
    DeviceAppeared,
    DeviceChanged,
    DeviceSignal,
    DeviceVanished,
    Disconnected,
    ServicesMoved,
)
from bletui.backends.local.link import Link
from bletui.backends.local.outlet import Outlet
from bletui.backends.local.pairing import Pairing
from bletui.backends.local.patience import Patience
from bletui.backends.local.values import LEAST, LinkedValues
from bletui.failure import BleError, ErrorKind
from bletui.model import Bond, GattTree, Lane, Peer
from bletui.text import visible

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.device import BLEDevice

MOVED = 0.1  # seconds in which services come and go together


class BluezLinks(LinkedValues):
    to_value = 1  # BlueZ's objects are named after declarations
    made_up = False
    echoes = True
    _patience: Patience

    def _begin(self, outlet: Outlet, group: asyncio.TaskGroup) -> None:
        super()._begin(outlet, group)
        self._watched: dict[str, Peer] = {}
        self._arrivals = Arrivals()
        self._pairing = Pairing(outlet, self._patience.question, self._watched.get)
        self._stale: set[Peer] = set()  # whose services BlueZ shall ask the device for, not its cache
        self._moved: set[Peer] = set()

    # -- what the backend of the adapters knows

    @property
    @abstractmethod
    def _bus(self) -> SystemBus:
        """The bus while bluetoothd is there; `BleError` otherwise."""

    @property
    @abstractmethod
    def _present(self) -> Mapping[str, Lane]:
        """The lanes that there are."""

    def _path(self, peer: Peer) -> str:
        lane = self._present.get(peer.lane)
        return devices.path_of(lane.name if lane else "", peer.address)

    def _peer(self, path: str) -> Peer | None:
        """The link that a device's path would have."""
        found = devices.named(path)
        lane = found and next((lane for lane in self._present.values() if lane.name == found[0]), None)
        return Peer(lane.id, found[1]) if found and lane else None

    # -- what BlueZ tells

    def _device_told(self, signal: DeviceSignal) -> None:
        match signal:
            case DeviceAppeared(path=path, connected=connected):
                self._arrivals.came(path)
                if connected:
                    self._start(self._noticed(path))
            case DeviceVanished(path=path) if path in self._watched:
                self._table.dropped(self._watched[path])
            case DeviceChanged(path=path, changed=changed) if path in self._watched:
                self._device_changed(self._watched[path], changed)
            case Disconnected(path=path) if path in self._watched:
                self._explained(self._watched[path], signal)
            case ServicesMoved(path=path):
                self._services_moved(path)

    def _device_changed(self, peer: Peer, changed: Mapping[str, Any]) -> None:
        attempt = self._attempts.get(peer)
        if attempt is not None and isinstance(rssi := changed.get("RSSI"), int):
            attempt.heard(rssi)
        if changed.get("Connected") is True:
            self._came_up(peer, changed)
        elif changed.get("Connected") is False:
            self._table.dropped(peer)
        elif self._table.find(peer) is not None:
            address = changed.get("Address")
            identity = visible(address) if isinstance(address, str) and address != peer.address else None
            self._table.up(peer, bonded=devices.bonded(changed), identity=identity)

    def _came_up(self, peer: Peer, held: Mapping[str, Any]) -> None:
        bonded, attempt = devices.bonded(held), self._attempts.get(peer)
        if attempt is not None:
            attempt.linked = True
            bonded = attempt.bonded if bonded is None else bonded
        self._table.up(peer, bonded=bonded)

    def _explained(self, peer: Peer, signal: Disconnected) -> None:
        link = self._table.find(peer)
        if link is not None and not link.asked:
            reason = devices.why(signal, self._context_of(peer))
            if reason.kind is not ErrorKind.LINK_LOST:  # else something else may still say more
                self._table.end(peer, reason)

    def _services_moved(self, path: str) -> None:
        peer = self._watched.get(path)
        link = self._table.find(peer) if peer else None
        if link is None:
            self._start(self._noticed(path))
        elif link.client is not None and link.settling is None and link.peer not in self._moved:
            self._moved.add(link.peer)
            asyncio.get_running_loop().call_later(MOVED, self._services_stand, link)

    def _services_stand(self, link: Link) -> None:
        self._moved.discard(link.peer)
        if self._table.find(link.peer) is link and link.settling is None:
            self._services_changed(link.peer)

    async def _noticed(self, path: str) -> None:
        """A link that somebody else made, perhaps: its services appeared."""
        peer = self._peer(path)
        if peer is None or path in self._watched:
            return
        try:
            held = await self._bus.device(path, "connect")
            if held is not None and held.get("Connected") is True:
                await self._found(path, held)
        except BleError:
            return  # bluetoothd is gone again, which is told by others

    async def _found(self, path: str, held: Mapping[str, Any]) -> None:
        """A link that is there already, ours from before or somebody else's."""
        peer = self._peer(path)
        if peer is not None and self._table.find(peer) is None and devices.low_energy(held):
            await self._watch(path, peer)
            self._table.up(peer, bonded=devices.bonded(held))

    # -- the calls of links

    async def _device(self, peer: Peer, attempt: Attempt) -> BLEDevice:
        from bleak.backends.device import BLEDevice

        bus, path = self._bus, self._path(peer)
        await self._watch(path, peer)
        try:
            held = await bus.device(path, "connect")
            if held is not None and peer in self._stale and not devices.bonded(held):
                await self._forget_device(peer, "connect")
                held = None
            self._stale.discard(peer)
            held = held or await self._sought(peer, attempt)
            await self._keys(on=True)
        except BaseException:  # cancelled too: nobody would end the watching
            self._unwatch(path)
            raise
        if isinstance(rssi := held.get("RSSI"), int):
            attempt.heard(rssi)
        attempt.listening, attempt.bonded = self._hears(peer.lane), devices.bonded(held)
        if held.get("Connected") is True:
            self._came_up(peer, held)
        return BLEDevice(peer.address, None, {"path": path, "props": dict(held)})

    @abstractmethod
    def _hears(self, lane: str) -> bool:
        """Whether a scan runs there that hears every packet."""

    async def _sought(self, peer: Peer, attempt: Attempt) -> Mapping[str, Any]:
        """BlueZ has not heard of it: a discovery of our own, beside whatever else scans."""
        bus, path = self._bus, self._path(peer)
        adapter = path.rpartition("/")[0]

        try:
            with self._arrivals.expected(path) as arrived:
                await bus.call(BLUEZ, adapter, ADAPTER, "StartDiscovery", operation="connect")
                await attempt.over(arrived)
            held = await bus.device(path, "connect") if arrived.done() else None
        finally:
            self._start(self._stop_seeking(bus, adapter))
        if held is not None:
            return held
        if attempt.trouble is not None:
            raise BleError(replace(attempt.trouble, operation="connect", elapsed=attempt.elapsed))
        raise self._failed(ErrorKind.LINK_NOT_SEEN, peer, "connect", f"not heard in {attempt.elapsed:.1f} s")

    async def _stop_seeking(self, bus: SystemBus, adapter: str) -> None:
        try:
            await bus.call(BLUEZ, adapter, ADAPTER, "StopDiscovery", operation="connect")
        except BleError as error:
            if error.failure.kind is ErrorKind.INTERNAL_BUG:  # anything else: there is no discovery to stop
                raise

    def _client_ended(self, peer: Peer, client: BleakClient) -> None:
        """BlueZ's own signals tell: bleak also says so where it has only given up waiting."""

    async def _end_foreign(self, peer: Peer) -> None:
        await self._bus.call(BLUEZ, self._path(peer), DEVICE, "Disconnect", operation="disconnect")

    def _link_ended(self, link: Link) -> None:
        super()._link_ended(link)
        self._pairing.forget(link.peer)
        for path, peer in list(self._watched.items()):
            if peer == link.peer and peer not in self._attempts:
                self._unwatch(path)

    def _attempt_ended(self) -> None:
        """No link and no attempt: nobody need tell us of the device any more."""
        for path, peer in list(self._watched.items()):
            if peer not in self._attempts and self._table.find(peer) is None:
                self._unwatch(path)

    async def _watch(self, path: str, peer: Peer) -> None:
        if path not in self._watched:
            self._watched[path] = peer
            await self._bus.watch(path, on=True)

    def _unwatch(self, path: str) -> None:
        if self._watched.pop(path, None) is not None:
            self._start(self._let_go(path))

    async def _let_go(self, path: str) -> None:
        try:
            await self._bus.watch(path, on=False)
            if not self._attempts and not any(link.client for link in self._table):
                await self._keys(on=False)
        except BleError:
            return  # the bus or bluetoothd is gone, and the rule or the agent with it

    async def _keys(self, *, on: bool) -> None:
        """An agent is a comfort where nothing is paired: a bluetoothd without one still connects."""
        try:
            await self._pairing.default(self._bus, on=on)
        except BleError as error:
            if error.failure.kind in (ErrorKind.ADAPTER_MISSING, ErrorKind.INTERNAL_BUG):
                raise

    def _bluez_lost(self) -> None:
        """bluetoothd is gone, with every link, our agent and our rules for devices."""
        if any(link.client for link in self._table):
            cut()
        self._watched.clear()
        self._pairing.forget()

    # -- keys

    async def pair(self, peer: Peer, *, within: float) -> None:
        peer = Peer(peer.lane, self._address(peer.address))
        if (link := self._table.find(peer)) is None or link.client is None:
            await self.connect(peer.address, lane=peer.lane, address_type=None, pair=False, within=within)
        path = self._path(peer)
        held = await self._bus.device(path, "pair")
        if held is None or not devices.bonded(held):
            await self._pairing.pair(self._bus, peer, path, self._context_of(peer), within)
        if self._table.find(peer) is not None:
            self._table.up(peer, bonded=True)

    async def unpair(self, peer: Peer, *, within: float) -> None:
        """BlueZ removes keys with all that it knows of the device, the link too."""
        peer = Peer(peer.lane, self._address(peer.address))
        if link := self._table.find(peer):
            link.asked = True
        await self._forget_device(peer, "unpair", within)

    async def _forget_device(self, peer: Peer, operation: str, within: float | None = -1) -> None:
        path = self._path(peer)
        adapter, context = path.rpartition("/")[0], self._context_of(peer)
        await self._bus.call(
            BLUEZ, adapter, ADAPTER, "RemoveDevice", "o", [path], operation=operation, context=context, within=within
        )

    async def answer(self, prompt: int, value: str | None) -> None:
        self._pairing.answer(prompt, value)

    async def bonds(self) -> tuple[Bond, ...]:
        _, known = await self._bus.objects(activate=False)
        found = [(self._peer(path), held) for path, held in sorted(known.items()) if devices.bonded(held)]
        return tuple(Bond(peer.lane, peer.address, visible(str(held.get("Alias", "")))) for peer, held in found if peer)

    async def _mtu_now(self, client: BleakClient) -> int | None:
        """Asked for: where BlueZ has the services in its cache, bleak reads the MTU before it was exchanged, and BlueZ
        announces no change of it."""
        paths = [each.obj[0] for each in client.services.characteristics.values()]
        if not paths:
            return None
        found = await self._bus.get(paths[0], CHARACTERISTIC, "MTU", "discover")
        return found if isinstance(found, int) and found > LEAST else None

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        """BlueZ keeps what it once read; `refresh` has the next link to a device without a bond read it anew."""
        if refresh:
            self._stale.add(peer)
        return await super().discover(peer, refresh=refresh, within=within)
