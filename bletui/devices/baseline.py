"""What is not as it was at one moment: devices that came, went, or say another thing about themselves."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Literal

from bletui.devices.device import Device
from bletui.model import AdvertisedFields

Difference = Literal["new", "gone", "changed"]

SILENCE = 10.0  # seconds without a report after which a device may be gone
MISSED = 5  # advertising intervals that it must have been silent for, where they are longer


# What a device had said of itself: name, company, advertising data, scan response, fields. References in a plain tuple,
# because a moment of 50,000 devices is taken within one key press.
Said = tuple[str | None, int | None, bytes | None, bytes | None, AdvertisedFields | None]


class Baseline:
    """`at`: wall seconds. `linked`: addresses of devices that are silent because they are connected."""

    def __init__(self, at: float, devices: Iterable[Device]) -> None:
        self.at = at
        self.linked: Container[str] = frozenset()
        self._said: dict[str, Said] = {
            device.address: (device.name, device.company, device.adv, device.rsp, device.fields) for device in devices
        }

    def __contains__(self, address: str) -> bool:
        return address in self._said

    def difference(self, device: Device, now: float) -> Difference | None:
        """None: as it was. `changed`: another name, company or set of services; not every sensor's new value.

        `gone`: it was heard around the baseline or later, and now misses its intervals.
        """
        before = self._said.get(device.address)
        if before is None:
            return "new"
        last = device.last_at
        silent = now - last
        if silent > SILENCE and last >= self.at - SILENCE and silent > MISSED * (device.interval or 0.0):
            return None if device.address in self.linked else "gone"
        return "changed" if _differs(before, device) else None


def _differs(before: Said, device: Device) -> bool:
    name, company, adv, rsp, fields = before
    if name != device.name or company != device.company:
        return True
    if adv is device.adv and rsp is device.rsp and fields is device.fields:
        return False
    then = Device(device.address, device.address_type, 0.0, device.known)
    then.adv, then.rsp, then.fields = adv, rsp, fields
    return set(then.service_uuids) != set(device.service_uuids)
