"""The site of `sim:crowd`: a hall with any number of devices whose intervals are stretched until a rate is met."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from random import Random

from bletui.backends.simulator import addresses, contents
from bletui.backends.simulator.propagation import clamped, expected_chance, mean_rssi
from bletui.backends.simulator.recordings import Recording, recordings
from bletui.backends.simulator.site import INTERVAL_MAX, INTERVAL_MIN, Device, Point, Receiver, Site
from bletui.target import invalid

WIDTH, DEPTH = 30.0, 20.0  # metres
BOXES: tuple[Point, ...] = ((6.0, 5.0), (22.0, 14.0), (24.0, 4.0), (8.0, 16.0), (15.0, 10.0))
SAMPLE = 4000  # devices
DELAY = 0.005  # seconds, the mean of the random delay between advertising events

Weights = dict[float, float]  # interval before stretching -> packets heard per round, over all devices and lanes


def crowd(ears: tuple[Receiver, ...], seed: int, count: int, rate: float) -> Site:
    """`rate`: packets heard a second over all lanes. Fails (`request.invalid`) where so few devices can't send it."""
    draw = Random(f"{seed}/crowd")
    kinds = [kind for kind in recordings() if kind.pdu != "ADV_EXT_IND"]
    devices = [_device(kinds[n % len(kinds)], n, draw) for n in range(count)]
    stretch = _stretch(_weights(devices, ears), rate)
    title = f"a made-up crowd of {count:,} devices and {rate:,.0f} packets/s, seed {seed}"
    return Site(title, tuple(replace(device, interval=_within(device.interval * stretch)) for device in devices), ears)


def _device(recording: Recording, n: int, draw: Random) -> Device:
    oui = recording.oui
    address = addresses.public(oui, n) if oui else addresses.static(draw)
    return Device(
        label=recording.brand,
        address_type="public" if oui else "random",
        pdu=recording.pdu,
        interval=recording.interval,
        place=(draw.uniform(0.0, WIDTH), draw.uniform(0.0, DEPTH)),
        power=draw.uniform(-62.0, -50.0),
        # The rate stays what was asked for, in active scans too.
        content=contents.recorded(recording, address, answers=False),
    )


def _weights(devices: list[Device], ears: tuple[Receiver, ...]) -> Weights:
    """Counted on an even sample of at most two times `SAMPLE` devices: so many agree with all of them."""
    weights: Weights = defaultdict(float)
    sample = devices[:: max(1, len(devices) // SAMPLE)]
    share = len(devices) / len(sample)
    for device in sample:
        for ear in ears:
            chance = expected_chance(clamped(round(mean_rssi(device.place, device.power, ear))), ear.sensitivity)
            weights[device.interval] += chance * share
    return weights


def _stretch(weights: Weights, rate: float) -> float:
    """The factor on all intervals at which `rate` is heard, by bisection: the rate falls as it grows."""
    low, high = 1e-6, 1e6
    heard = partial(_heard, weights)
    if not heard(high) <= rate <= heard(low):
        raise invalid(f"rate={rate:g}: so many devices and lanes give {heard(high):.3g} to {heard(low):.0f} packets/s")
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if heard(middle) > rate else (low, middle)
    return high


def _heard(weights: Weights, stretch: float) -> float:
    return sum(weight / (_within(interval * stretch) + DELAY) for interval, weight in weights.items())


def _within(interval: float) -> float:
    return min(max(interval, INTERVAL_MIN), INTERVAL_MAX)
