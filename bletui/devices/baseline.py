"""What is not as it was at one moment: devices that came, went, or say another thing about themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from bletui.devices.device import Device
from bletui.model import AdvertisedFields

Difference = Literal["new", "gone", "changed"]

SILENCE = 10.0  # seconds without a report after which a device may be gone
MISSED = 5  # advertising intervals that it must have been silent for, where they are longer


class Said(NamedTuple):
    """What a device had said of itself: references, so that a moment of thousands costs little."""

    name: str | None
    company: int | None
    adv: bytes | None
    rsp: bytes | None
    fields: AdvertisedFields | None


class Baseline:
    """`at`: wall seconds."""

    def __init__(self, at: float, devices: Iterable[Device]) -> None:
        self.at = at
        self._said = {device.address: _said(device) for device in devices}

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
        if now - last > max(SILENCE, MISSED * (device.interval or 0.0)) and last >= self.at - SILENCE:
            return "gone"
        return "changed" if _differs(before, device) else None


def _said(device: Device) -> Said:
    return Said(device.name, device.company, device.adv, device.rsp, device.fields)


def _differs(before: Said, device: Device) -> bool:
    after = _said(device)
    if before == after:
        return False
    if before[:2] != after[:2]:
        return True
    then = Device(device.address, device.address_type, 0.0, device.known_lanes)
    then.adv, then.rsp, then.fields = before.adv, before.rsp, before.fields
    return set(then.service_uuids) != set(device.service_uuids)
