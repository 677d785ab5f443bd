"""org.bluez.Adapter1: power, what it hears, and the devices that it knows."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.device import FakeDevice
from bletui.testing.fakebluez.devicecalls import DeviceCalls
from bletui.testing.fakebluez.discovery import Discovery
from bletui.testing.fakebluez.heard import DEVICE, fresh, heard, path_of
from bletui.testing.fakebluez.monitors import MANAGER, Monitors
from bletui.testing.fakebluez.objects import NOTHING, Answer, Interface, Properties
from bletui.testing.fakebluez.peer import Peer
from bletui.testing.fakebluez.peripheral import AdapterSpec, Advert, Security
from bletui.testing.fakebluez.refusals import BLOCKED, DOES_NOT_EXIST
from bletui.testing.fakebluez.run import Run

ADAPTER = "org.bluez.Adapter1"


class FakeAdapter:
    """One controller while bluetoothd runs. A packet is heard if it is powered and somebody scans."""

    def __init__(self, spec: AdapterSpec, run: Run) -> None:
        self.spec = spec
        self.path = f"/org/bluez/{spec.name}"
        self.powered = spec.powered and not spec.blocked
        self.blocked = spec.blocked
        self.discovery = Discovery(lambda: self.powered, self._discovering)
        self.monitors = Monitors(run.activate)
        self.devices: dict[str, FakeDevice] = {}  # by path
        self.attempts: list[FakeDevice] = []
        self._run = run
        self._heard_at: dict[str, float] = {}
        self._airing: set[str] = set()
        self._sweeping = False

    def appear(self) -> None:
        """It is found: its object, and those of the devices that are known from before."""
        adapter = Interface(
            self._properties(),
            self.discovery.methods | {("RemoveDevice", "o"): self._remove_called},
            {"Powered": self._set_powered, "Alias": self._set_alias},
        )
        monitors = {MANAGER: self.monitors.interface} if self.spec.experimental else {}
        self._run.tree.add(self.path, {ADAPTER: adapter} | monitors)
        for (ours, _), known in list(self._run.known.items()):
            if ours == self.spec.address:
                self._device(known.advert, active=True, silent=True)

    @property
    def scanners(self) -> dict[str, Properties]:
        return self.discovery.scanners

    # -- what a test does with it

    def hear(self, advert: Advert) -> bool:
        """Tells the clients of a packet; False: nobody listens to this adapter, or it is off."""
        active = bool(self.discovery.scanners)
        if not self.powered or not (active or self.monitors.hear(advert)):
            return False
        path = path_of(self.path, advert.address)
        held = self._run.tree.objects.get(path)
        self._heard_at[path] = asyncio.get_running_loop().time()
        if held is None:
            self._device(advert, active=active)
        else:
            news = self.discovery.news(
                held[DEVICE].properties, heard(advert, active=active, experimental=self.spec.experimental)
            )
            self._run.tree.change(path, DEVICE, news)
        return True

    def device(self, address: str) -> FakeDevice:
        """KeyError: it was never heard, or has been forgotten."""
        return self.devices[path_of(self.path, address)]

    def meet(self, address: str, bond: Security | None = None) -> FakeDevice:
        """Knows a peripheral from before, with a key that both have if `bond` says how good; as by another program."""
        peer = self._run.air[address.upper()]
        device = self._device(peer.spec.advert, active=True, silent=True)
        device.keep()
        if bond is not None:
            device.bonded(bond)
        return device

    def join(self, address: str) -> FakeDevice:
        """Connects to a peripheral, as another program would."""
        device = self.meet(address)
        if not device.connected and not device.busy:
            device.connect(lambda _refusal: None)
        return device

    def set_powered(self, on: bool) -> None:
        """As by `bluetoothctl power`. Off drops the devices that nobody was connected to, ends links, then says so;
        every discovery is over."""
        if on == self.powered:
            return
        if on:
            self._change(self._power_state("off-enabling"))
            self.powered = True
            self._change({"Powered": Variant("b", True)} | self._power_state("on"))
            return
        self.powered = False
        for device in [each for each in self.devices.values() if each.temporary]:
            self.remove(device)
        self._change(self._power_state("on-disabling"))
        for device in self.devices.values():
            device.abort()
            self._silence(device)
        state = self._power_state("off-blocked" if self.blocked else "off") | {"Powered": Variant("b", False)}
        if self.scanners:
            state["Discovering"] = Variant("b", False)
        self.scanners.clear()
        self._change(state)

    def block(self, blocked: bool) -> None:
        """As by `rfkill block bluetooth`; unblocking leaves the adapter off."""
        self.blocked = blocked
        if blocked and self.powered:
            self.set_powered(False)
        else:
            self._change(self._power_state("off-blocked" if blocked else "off"))

    # -- what its daemon and its devices do with it

    def forget(self, client: str) -> None:
        """Ends what a client that left the bus had running. Its links stay: nobody told bluetoothd to end them."""
        self.discovery.forget(client)
        self.monitors.forget(client)
        for device in self.devices.values():
            device.gatt.left(client)

    def remove(self, device: FakeDevice) -> None:
        """Takes the object away, and all below it."""
        device.close()
        del self.devices[device.path]
        self._heard_at.pop(device.path, None)
        self._run.tree.remove(device.path)

    def close(self) -> None:
        """bluetoothd is gone."""
        for device in self.devices.values():
            device.close()

    def air(self, peer: Peer) -> None:
        """A peripheral is in the air: its packets are heard for as long as anybody listens."""
        if peer.spec.address not in self._airing:
            self._airing.add(peer.spec.address)
            self._run.timers.after(0, partial(self._tick, peer))

    def listen(self) -> None:
        for peer in self._run.air.values():
            self.air(peer)

    def _tick(self, peer: Peer) -> None:
        listens = self.powered and bool(self.scanners or self.monitors.patterns)
        if not listens or self._run.air.get(peer.spec.address) is not peer:
            self._airing.discard(peer.spec.address)
            return
        if peer.advertising:
            self.hear(peer.spec.advert)
        self._run.timers.after(peer.spec.interval, partial(self._tick, peer))

    def _device(self, advert: Advert, *, active: bool, silent: bool = False) -> FakeDevice:
        """The object for a device, made if there is none; `silent`: it is not heard now."""
        path = path_of(self.path, advert.address)
        if path in self.devices:
            return self.devices[path]
        device = self.devices[path] = FakeDevice(self, path, advert, self._run)
        properties = fresh(advert, self.path, active=active, experimental=self.spec.experimental)
        if silent:
            del properties["RSSI"]
            properties.pop("TxPower", None)
        else:
            self._sweep_later()
        self._run.tree.add(path, {DEVICE: DeviceCalls(device).interface(properties)})
        return device

    def _sweep_later(self) -> None:
        if not self._sweeping:
            self._sweeping = True
            self._run.timers.after(self._run.pace.forget, self._sweep)

    def _sweep(self) -> None:
        """Forgets devices that nobody connected to and that were not heard of late (src/device.c, temporary_timer)."""
        self._sweeping = False
        now = asyncio.get_running_loop().time()
        for path, at in list(self._heard_at.items()):
            device = self.devices[path]
            if device.temporary and not device.connected and now - at >= self._run.pace.forget:
                self.remove(device)
        if any(device.temporary for device in self.devices.values()):
            self._sweep_later()

    def _discovering(self, on: bool) -> None:
        self._change({"Discovering": Variant("b", on)})
        if on:
            self.listen()
        else:
            for device in self.devices.values():
                self._silence(device)

    def _silence(self, device: FakeDevice) -> None:
        """A device that is no longer heard has neither RSSI nor transmit power."""
        self._run.tree.change(device.path, DEVICE, {}, ("RSSI", "TxPower"))

    def _properties(self) -> Properties:
        spec = self.spec
        return {
            "Address": Variant("s", spec.address),
            "AddressType": Variant("s", "public"),
            "Name": Variant("s", spec.alias),
            "Alias": Variant("s", spec.alias),
            "Class": Variant("u", 0),
            "Powered": Variant("b", self.powered),
            "Discoverable": Variant("b", False),
            "DiscoverableTimeout": Variant("u", 180),
            "Pairable": Variant("b", bool(self._run.agents.registered)),
            "PairableTimeout": Variant("u", 0),
            "Discovering": Variant("b", False),
            "UUIDs": Variant("as", ["00001801-0000-1000-8000-00805f9b34fb", "00001800-0000-1000-8000-00805f9b34fb"]),
            "Modalias": Variant("s", "usb:v1D6Bp0246d0542"),
            "Roles": Variant("as", list(spec.roles)),
            "ExperimentalFeatures": Variant("as", []),
        } | self._power_state("on" if self.powered else "off-blocked" if self.blocked else "off")

    def _power_state(self, state: str) -> Properties:
        return {"PowerState": Variant("s", state)} if self.spec.experimental else {}

    def _change(self, changed: Properties) -> None:
        if self.path in self._run.tree.objects:
            self._run.tree.change(self.path, ADAPTER, changed)

    def _remove_called(self, message: Message) -> Answer | None:
        device = self.devices.get(message.body[0])
        if device is None:
            raise DBusError(*DOES_NOT_EXIST)
        device.forget()
        if device.disconnect(message, remove=True):
            return None
        self.remove(device)
        return NOTHING

    def set_pairable(self, on: bool) -> None:
        self._change({"Pairable": Variant("b", on)})

    def _set_powered(self, value: Any) -> None:
        if value and self.blocked:
            raise DBusError(*BLOCKED)
        self.set_powered(bool(value))

    def _set_alias(self, value: Any) -> None:
        self._change({"Alias": Variant("s", str(value))})
