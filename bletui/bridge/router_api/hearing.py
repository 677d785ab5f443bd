"""Which router hears a device best: what positions are told by, and what a router is chosen by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bletui.model import AddressType, Advertisement

DEVICES_MAX = 65_536  # the one that was not heard for longest is forgotten first
FRESH = 30.0  # seconds for which a report counts
_NEW = 0.3  # the weight of a report against those before it: one packet may be 10 dB off


class Report(NamedTuple):
    at: float  # wall seconds
    rssi: float  # dBm, smoothed
    kind: AddressType | None


class Hearing:
    """`now`: wall seconds, as in the advertisements."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._heard: dict[str, dict[str, Report]] = {}

    def hear(self, mac: str, heard: Sequence[Advertisement]) -> None:
        for ad in heard:
            if ad.rssi is None:
                continue
            reports = self._heard.pop(ad.address, None)
            if reports is None:
                reports = {}
                if len(self._heard) >= DEVICES_MAX:
                    del self._heard[next(iter(self._heard))]
            self._heard[ad.address] = reports
            before = reports.get(mac)
            fresh = before is not None and ad.at - before.at <= FRESH
            rssi = before.rssi + _NEW * (ad.rssi - before.rssi) if before is not None and fresh else float(ad.rssi)
            reports[mac] = Report(ad.at, rssi, ad.address_type)

    def strength(self, address: str, mac: str) -> float | None:
        """dBm; None: not heard there lately."""
        report = self._fresh(address).get(mac)
        return None if report is None else report.rssi

    def kind(self, address: str) -> AddressType | None:
        return next((report.kind for report in self._fresh(address).values() if report.kind), None)

    def nearest(self, address: str) -> str | None:
        """The router that hears the device best."""
        reports = self._fresh(address)
        return max(reports, key=lambda mac: reports[mac].rssi, default=None)

    def devices(self) -> dict[str, str]:
        """Each device with the router that hears it best."""
        found = ((address, self.nearest(address)) for address in self._heard)
        return {address: mac for address, mac in found if mac is not None}

    def _fresh(self, address: str) -> dict[str, Report]:
        since = self._now() - FRESH
        return {mac: report for mac, report in self._heard.get(address, {}).items() if report.at >= since}
