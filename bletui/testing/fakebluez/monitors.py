"""org.bluez.AdvertisementMonitorManager1: passive scanning by patterns that clients register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.heard import structures
from bletui.testing.fakebluez.objects import NOTHING, Answer, Interface
from bletui.testing.fakebluez.peripheral import Advert

MANAGER = "org.bluez.AdvertisementMonitorManager1"
MONITOR = "org.bluez.AdvertisementMonitor1"

Pattern = tuple[int, int, bytes]  # start, AD type, content


@dataclass(slots=True)
class Monitors:
    """Client and path of each monitor, with its patterns once the client has exported it.

    bluetoothd uses a monitor only when it appears after RegisterMonitor; `activate` then tells the client.
    """

    activate: Callable[[str, str], None]
    patterns: dict[tuple[str, str], list[Pattern]] = field(default_factory=dict)

    @property
    def interface(self) -> Interface:
        supported = Variant("as", ["or_patterns"])
        properties = {"SupportedMonitorTypes": supported, "SupportedFeatures": Variant("as", [])}
        return Interface(
            properties, {("RegisterMonitor", "o"): self._register, ("UnregisterMonitor", "o"): self._unregister}
        )

    def hear(self, advert: Advert) -> bool:
        """Whether a monitor that is active matches the packet."""
        wanted = [pattern for patterns in self.patterns.values() for pattern in patterns]
        return matches(wanted, advert) if wanted else False

    def exported(self, signal: Message) -> None:
        """Takes note of an InterfacesAdded that a client sent."""
        path, interfaces = signal.body
        key = (signal.sender or "", path)
        if key in self.patterns and MONITOR in interfaces:
            self.patterns[key] = [
                (start, kind, bytes(data)) for start, kind, data in interfaces[MONITOR]["Patterns"].value
            ]
            self.activate(*key)

    def forget(self, client: str) -> None:
        for key in [key for key in self.patterns if key[0] == client]:
            del self.patterns[key]

    def _register(self, message: Message) -> Answer:
        key = (message.sender or "", message.body[0])
        if key in self.patterns:
            raise DBusError("org.bluez.Error.AlreadyExists", "Already Exists")
        self.patterns[key] = []
        return NOTHING

    def _unregister(self, message: Message) -> Answer:
        if self.patterns.pop((message.sender or "", message.body[0]), None) is None:
            raise DBusError("org.bluez.Error.DoesNotExist", "Does Not Exist")
        return NOTHING


def matches(patterns: Iterable[Pattern], advert: Advert) -> bool:
    found = list(structures(advert, active=False))
    return any(
        kind == ad_type and data[start : start + len(content)] == content
        for start, kind, content in patterns
        for ad_type, data in found
    )
