"""What every antenna of a site receives, tick by tick: a function of the site, the seed and the time of its start."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heapreplace
from random import Random

from bletui.backends.simulator.propagation import FADING, RSSI_MIN, chances, clamped, fading, mean_rssi
from bletui.backends.simulator.site import Content, Device, Site
from bletui.backends.simulator.siteclock import SiteClock
from bletui.model import Advertisement

TICK = 0.05  # seconds of the site's time
DELAY = 0.010  # seconds, at most, added at random to each interval (Core, Vol 6 Part B, 4.4.2.2.1)
ANSWERED = 0.9  # of the heard packets whose scan request is heard and answered in turn
OUT_OF_REACH = RSSI_MIN + 2 * FADING  # dBm on average: such a lane would hear less than one packet in a thousand

Ear = tuple[int, str, float, tuple[float, ...]]  # index of the fading, lane, mean RSSI, chance by minus RSSI


class _Voice:
    """A device on the air: what it says now, and how its signal fades at each antenna."""

    __slots__ = ("content", "device", "ears", "fades", "rho", "step")

    def __init__(self, device: Device, site: Site, draw: Random) -> None:
        self.device = device
        self.content = Content("", b"", None, -1.0)
        self.rho, self.step = fading(device.interval + DELAY / 2)
        means = [mean_rssi(device, receiver, site.walls) for receiver in site.receivers]
        reached = [
            (receiver, mean) for receiver, mean in zip(site.receivers, means, strict=True) if mean > OUT_OF_REACH
        ]
        self.ears: list[Ear] = [
            (n, receiver.lane, mean, chances(receiver.sensitivity)) for n, (receiver, mean) in enumerate(reached)
        ]
        self.fades = [draw.gauss(0.0, FADING) for _ in self.ears]

    def heard(self, at: float, draw: Random, events: list[Advertisement]) -> None:
        """One packet: what each antenna makes of it, and of the scan response, goes to `events`."""
        device, (address, payload, response, _) = self.device, self.content
        rho, step, fades, gauss, random = self.rho, self.step, self.fades, draw.gauss, draw.random
        kind, pdu, extended = device.address_type, device.pdu, device.extended
        for n, lane, mean, chance in self.ears:
            fades[n] = fade = rho * fades[n] + step * gauss(0.0, 1.0)
            rssi = clamped(round(mean + fade))
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
    voices = [_Voice(device, site, draw) for device in site.devices]
    heap = [(_there(voice.device, draw.random() * voice.device.interval), n) for n, voice in enumerate(voices)]
    heapify(heap)
    tick = 0
    while True:
        tick += 1
        end, start = tick * TICK, clock.start
        events: list[Advertisement] = []
        while heap and heap[0][0] < end:
            t, n = heap[0]
            voice = voices[n]
            if t >= voice.content.until:
                voice.content = voice.device.content(t)
            voice.heard(start + t, draw, events)
            heapreplace(heap, (_there(voice.device, t + voice.device.interval + DELAY * draw.random()), n))
        yield events


def _there(device: Device, t: float) -> float:
    return t if device.presence is None else device.presence.next(t)
