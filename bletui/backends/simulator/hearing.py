"""Who has an address, and how long a lane waits until it hears a packet from there."""

from __future__ import annotations

import math
from random import Random

from bletui.backends.simulator.propagation import FADING, chances, clamped, expected_chance, mean_rssi
from bletui.backends.simulator.schedule import DELAY
from bletui.backends.simulator.site import Device, Receiver, Site

HOPELESS = 0.01  # the chance of a packet below which nobody waits: out of range, and the search below stays short


class Whereabouts:
    """Finds devices by their address of the moment; private ones change."""

    def __init__(self, site: Site) -> None:
        self._devices = site.devices
        self._found: dict[str, int] = {}

    def number(self, address: str, t: float) -> int | None:
        """The device's place in `Site.devices`."""
        found = self._found.get(address)
        if found is None or self._devices[found].content(t).address != address:
            self._found = {device.content(t).address: number for number, device in enumerate(self._devices)}
            found = self._found.get(address)
        return found


def mean(device: Device, receiver: Receiver, site: Site, t: float) -> float:
    """dBm at the receiver at the site's second `t`."""
    place = device.place if device.path is None else device.path(t)
    return mean_rssi(place, device.power, receiver, site.walls)


def heard_after(device: Device, receiver: Receiver, site: Site, t: float, limit: float, dice: Random) -> float | None:
    """Seconds until one of its advertisements arrives; None: not within `limit`."""
    level, table = mean(device, receiver, site, t), chances(receiver.sensitivity)
    if expected_chance(clamped(round(level)), receiver.sensitivity) < HOPELESS:
        return None
    wait = dice.random() * device.interval
    while True:
        if device.presence is not None:
            wait = device.presence.next(t + wait) - t
        if wait > limit or not math.isfinite(wait):
            return None
        if dice.random() < table[-clamped(round(level + dice.gauss(0.0, FADING)))]:
            return wait
        wait += device.interval + DELAY * dice.random()
