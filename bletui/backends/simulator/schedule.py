"""What every antenna of a site receives, tick by tick: a function of the site, the seed and the time of its start."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from heapq import heapify, heapreplace
from random import Random

from bletui.backends.simulator.propagation import FADING, chances, clamped, fading, mean_rssi
from bletui.backends.simulator.site import Device, Point, Site
from bletui.backends.simulator.siteclock import SiteClock
from bletui.model import Advertisement

TICK = 0.05  # seconds of the site's time
DELAY = 0.010  # seconds, at most, added at random to each interval (Core, Vol 6 Part B, 4.4.2.2.1)
ANSWERED = 0.9  # of the heard packets whose scan request is heard and answered in turn
PACE = 1.0  # seconds for which a moving device counts as standing

Ear = tuple[int, int, str, tuple[float, ...]]  # where in `levels` mean and fading stand, lane, chance by minus RSSI


class _Transmitter:
    """A device on the air: what it says until `until`, and how its signal fades on the way to each antenna.

    `levels` holds the mean RSSI at each antenna and then the fading: side by side, because with thousands of devices
    each object more is a cache miss more for every packet.
    """

    __slots__ = ("content", "device", "levels", "rho", "site", "step", "until")

    def __init__(self, device: Device, site: Site, draw: Random) -> None:
        self.device, self.site, self.until = device, site, -1.0
        self.rho, self.step = fading(device.interval + DELAY / 2)
        self.levels = array("d", self._means(device.place))
        self.levels.extend(draw.gauss(0.0, FADING) for _ in site.receivers)

    def _means(self, place: Point) -> list[float]:
        power, walls = self.device.power, self.site.walls
        return [mean_rssi(place, power, receiver, walls) for receiver in self.site.receivers]

    def renew(self, t: float) -> None:
        """Says what is to be said at the site's second `t`, from where it is then."""
        self.content = self.device.content(t)
        self.until = self.content.until
        if self.device.path is not None:
            means = array("d", self._means(self.device.path(t)))
            self.levels[: len(means)] = means
            self.until = min(self.until, t + PACE)

    def send(self, at: float, ears: list[Ear], draw: Random, events: list[Advertisement]) -> None:
        """One packet: what each antenna makes of it, and of the scan response, goes to `events`."""
        device, (address, payload, response, _) = self.device, self.content
        rho, step, levels, gauss, random = self.rho, self.step, self.levels, draw.gauss, draw.random
        kind, pdu, extended = device.address_type, device.pdu, device.extended
        for mean, fade, lane, chance in ears:
            levels[fade] = faded = rho * levels[fade] + step * gauss(0.0, 1.0)
            rssi = clamped(round(levels[mean] + faded))
            luck, limit = random(), chance[-rssi]
            if luck < limit:
                events.append(Advertisement(at, lane, address, kind, rssi, pdu, payload, None, None, extended))
                if response is not None and luck < limit * ANSWERED:
                    events.append(Advertisement(at, lane, address, kind, rssi, "SCAN_RSP", response))


def schedule(site: Site, seed: int, clock: SiteClock) -> Iterator[list[Advertisement]]:
    """All packets of [0, TICK), [TICK, 2 TICK) … in order, scan responses included.

    One shared source of randomness makes the stream depend on nothing but the arguments.
    """
    draw = Random(f"{seed}/air")
    senders = [_Transmitter(device, site, draw) for device in site.devices]
    count = len(site.receivers)
    ears = [(n, count + n, ear.lane, chances(ear.sensitivity)) for n, ear in enumerate(site.receivers)]
    heap = [(_there(sender.device, draw.random() * sender.device.interval), n) for n, sender in enumerate(senders)]
    heapify(heap)
    tick = 0
    while True:
        tick += 1
        end, start, scale = tick * TICK, clock.start, clock.scale
        events: list[Advertisement] = []
        while heap and heap[0][0] < end:
            t, n = heap[0]
            sender = senders[n]
            if t >= sender.until:
                sender.renew(t)
            sender.send(start + t * scale, ears, draw, events)
            heapreplace(heap, (_there(sender.device, t + sender.device.interval + DELAY * draw.random()), n))
        yield events


def _there(device: Device, t: float) -> float:
    return t if device.presence is None else device.presence.next(t)
