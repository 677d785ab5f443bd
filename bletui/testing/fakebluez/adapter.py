"""org.bluez.Adapter1: power, discovery sessions per client, and the devices that were heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.device import DEVICE, Advert, fresh, heard, path_of
from bletui.testing.fakebluez.monitors import MANAGER, Monitors
from bletui.testing.fakebluez.objects import NOTHING, Answer, Interface, ObjectTree, Properties

ADAPTER = "org.bluez.Adapter1"
NOT_READY = ("org.bluez.Error.NotReady", "Resource Not Ready")
IN_PROGRESS = ("org.bluez.Error.InProgress", "Operation already in progress")
NO_DISCOVERY = ("org.bluez.Error.Failed", "No discovery started")
BLOCKED = ("org.bluez.Error.Blocked", "Blocked through rfkill")
INVALID = ("org.bluez.Error.InvalidArguments", "Invalid arguments in method call")
DOES_NOT_EXIST = ("org.bluez.Error.DoesNotExist", "Does Not Exist")

RSSI_THRESHOLD = 8  # dB

_FILTERS = {
    "UUIDs": "as", "RSSI": "n", "Pathloss": "q", "Transport": "s", "DuplicateData": "b", "Discoverable": "b",
    "Pattern": "s",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterSpec:
    """A controller as it is plugged in. `experimental`: bluetoothd runs with -E, so monitors and PowerState exist."""

    name: str = "hci0"
    address: str = "00:1A:7D:DA:71:13"
    alias: str = "bletui"
    powered: bool = True
    blocked: bool = False
    roles: tuple[str, ...] = ("central", "peripheral")
    experimental: bool = True


class FakeAdapter:
    """One controller while bluetoothd runs. A packet is heard if it is powered and somebody scans."""

    def __init__(self, spec: AdapterSpec, tree: ObjectTree, activate: Callable[[str, str], None]) -> None:
        self.spec = spec
        self.path = f"/org/bluez/{spec.name}"
        self.powered = spec.powered and not spec.blocked
        self.blocked = spec.blocked
        self.scanners: dict[str, Properties] = {}  # client -> its discovery filter
        self.filters: dict[str, Properties] = {}
        self.monitors = Monitors(activate)
        self._tree = tree

    def interfaces(self) -> dict[str, Interface]:
        adapter = Interface(
            self._properties(),
            {
                ("StartDiscovery", ""): self._start_discovery,
                ("StopDiscovery", ""): self._stop_discovery,
                ("SetDiscoveryFilter", "a{sv}"): self._set_filter,
                ("GetDiscoveryFilters", ""): lambda _message: ("as", [list(_FILTERS)]),
                ("RemoveDevice", "o"): self._remove_device,
            },
            {"Powered": self._set_powered, "Alias": self._set_alias},
        )
        return {ADAPTER: adapter} | ({MANAGER: self.monitors.interface} if self.spec.experimental else {})

    def hear(self, advert: Advert) -> bool:
        """Tells the clients of a packet; False: nobody listens to this adapter, or it is off."""
        active = bool(self.scanners)
        if not self.powered or not (active or self.monitors.hear(advert)):
            return False
        path = path_of(self.path, advert.address)
        if path not in self._tree.objects:
            self._tree.add(path, {DEVICE: Interface(fresh(advert, self.path, active=active))})
        else:
            self._tree.change(path, DEVICE, self._news(path, heard(advert, active=active)))
        return True

    def set_powered(self, on: bool) -> None:
        """As by `bluetoothctl power`: off first drops the devices, then says so, and every discovery is over."""
        if on == self.powered:
            return
        self._change(self._power_state("off-enabling" if on else "on-disabling"))
        if on:
            self.powered = True
            self._change({"Powered": Variant("b", True)} | self._power_state("on"))
            return
        self.powered = False
        for device in self._tree.children(self.path):
            self._silence(device)
            self._tree.remove(device)
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

    def forget(self, client: str) -> None:
        """Ends what a client that left the bus had running."""
        self.filters.pop(client, None)
        self.monitors.forget(client)
        if client in self.scanners:
            self._end_discovery(client)

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
            "Pairable": Variant("b", True),
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
        if self.path in self._tree.objects:
            self._tree.change(self.path, ADAPTER, changed)

    def _news(self, path: str, properties: Properties) -> Properties:
        """What BlueZ tells of a further packet: what differs, and the signal by its own rules.

        A discovery with a filter tells the signal of each packet; a monitor, or a discovery without one, its changes by
        8 dB (src/device.c, RSSI_THRESHOLD). Data is repeated where a client asked for duplicates.
        """
        held = self._tree.objects[path][DEVICE].properties
        repeat = any("DuplicateData" in f and f["DuplicateData"].value for f in self.scanners.values())
        always = {"ManufacturerData", "ServiceData"} if repeat else set()
        news = {name: value for name, value in properties.items() if name in always or held.get(name) != value}
        threshold = 0 if any(self.scanners.values()) else RSSI_THRESHOLD
        before = held.get("RSSI")
        if before is None or abs(before.value - properties["RSSI"].value) >= threshold:
            news["RSSI"] = properties["RSSI"]
        else:
            news.pop("RSSI", None)
        return news

    def _start_discovery(self, message: Message) -> Answer:
        client = self._ready(message)
        if client in self.scanners:
            raise DBusError(*IN_PROGRESS)
        first = not self.scanners
        self.scanners[client] = self.filters.get(client, {})
        if first:
            self._change({"Discovering": Variant("b", True)})
        return NOTHING

    def _stop_discovery(self, message: Message) -> Answer:
        client = self._ready(message)
        if client not in self.scanners:
            raise DBusError(*NO_DISCOVERY)
        self._end_discovery(client)
        return NOTHING

    def _end_discovery(self, client: str) -> None:
        del self.scanners[client]
        if not self.scanners:
            self._change({"Discovering": Variant("b", False)})
            for device in self._tree.children(self.path):
                self._silence(device)

    def _silence(self, device: str) -> None:
        """A device that is no longer heard has neither RSSI nor transmit power."""
        if DEVICE in self._tree.objects[device]:
            self._tree.change(device, DEVICE, {}, ("RSSI", "TxPower"))

    def _set_filter(self, message: Message) -> Answer:
        client = self._ready(message)
        wanted: Properties = message.body[0]
        if any(_FILTERS.get(name) != value.signature for name, value in wanted.items()):
            raise DBusError(*INVALID)
        self.filters[client] = wanted
        if not wanted:
            del self.filters[client]
        return NOTHING

    def _ready(self, message: Message) -> str:
        if not self.powered:
            raise DBusError(*NOT_READY)
        return message.sender or ""

    def _remove_device(self, message: Message) -> Answer:
        path: str = message.body[0]
        if path not in self._tree.children(self.path):
            raise DBusError(*DOES_NOT_EXIST)
        self._tree.remove(path)
        return NOTHING

    def _set_powered(self, value: Any) -> None:
        if value and self.blocked:
            raise DBusError(*BLOCKED)
        self.set_powered(bool(value))

    def _set_alias(self, value: Any) -> None:
        self._change({"Alias": Variant("s", str(value))})
