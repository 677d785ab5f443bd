"""Discovery of one adapter: who scans with which filter, and what BlueZ tells them of a packet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbus_fast import DBusError, Message, Variant

from bletui.testing.fakebluez.objects import NOTHING, Answer, Method, Properties
from bletui.testing.fakebluez.refusals import BUSY, INVALID, NO_DISCOVERY, NOT_READY

RSSI_THRESHOLD = 8  # dB

_FILTERS = {
    "UUIDs": "as", "RSSI": "n", "Pathloss": "q", "Transport": "s", "DuplicateData": "b", "Discoverable": "b",
    "Pattern": "s",
}  # fmt: skip


class Discovery:
    """The clients that scan; `ready` tells whether the adapter can, `told` hears when scanning begins or ends."""

    def __init__(self, ready: Callable[[], bool], told: Callable[[bool], None]) -> None:
        self.scanners: dict[str, Properties] = {}  # client -> its filter
        self._filters: dict[str, Properties] = {}
        self._ready = ready
        self._told = told

    @property
    def methods(self) -> dict[tuple[str, str], Method]:
        return {
            ("StartDiscovery", ""): self._start,
            ("StopDiscovery", ""): self._stop,
            ("SetDiscoveryFilter", "a{sv}"): self._set_filter,
            ("GetDiscoveryFilters", ""): lambda _message: ("as", [list(_FILTERS)]),
        }

    def forget(self, client: str) -> None:
        """The client is off the bus."""
        self._filters.pop(client, None)
        if client in self.scanners:
            self._end(client)

    def news(self, held: Mapping[str, Variant], heard: Properties) -> Properties:
        """What BlueZ tells of a further packet: what differs, and the signal by its own rules.

        A discovery with a filter tells the signal of each packet; a monitor, or a discovery without one, its changes by
        8 dB (src/device.c, RSSI_THRESHOLD). Data is repeated where a client asked for duplicates.
        """
        repeat = any("DuplicateData" in f and f["DuplicateData"].value for f in self.scanners.values())
        always = {"ManufacturerData", "ServiceData"} if repeat else set()
        news = {name: value for name, value in heard.items() if name in always or held.get(name) != value}
        threshold = 0 if any(self.scanners.values()) else RSSI_THRESHOLD
        before = held.get("RSSI")
        if before is None or abs(before.value - heard["RSSI"].value) >= threshold:
            news["RSSI"] = heard["RSSI"]
        else:
            news.pop("RSSI", None)
        return news

    def _start(self, message: Message) -> Answer:
        client = self._client(message)
        if client in self.scanners:
            raise DBusError(*BUSY)
        first = not self.scanners
        self.scanners[client] = self._filters.get(client, {})
        if first:
            self._told(True)
        return NOTHING

    def _stop(self, message: Message) -> Answer:
        client = self._client(message)
        if client not in self.scanners:
            raise DBusError(*NO_DISCOVERY)
        self._end(client)
        return NOTHING

    def _end(self, client: str) -> None:
        del self.scanners[client]
        if not self.scanners:
            self._told(False)

    def _set_filter(self, message: Message) -> Answer:
        client = self._client(message)
        wanted: Properties = message.body[0]
        if any(_FILTERS.get(name) != value.signature for name, value in wanted.items()):
            raise DBusError(*INVALID)
        self._filters[client] = wanted
        if not wanted:
            del self._filters[client]
        return NOTHING

    def _client(self, message: Message) -> str:
        if not self._ready():
            raise DBusError(*NOT_READY)
        return message.sender or ""
