"""What goes over the air and what antennas make of it: timing, signal, rotation, presence, repeatability."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from itertools import islice, pairwise

import pytest

from bletui.backends.simulator.contents import fixed
from bletui.backends.simulator.home import BOXES, home
from bletui.backends.simulator.lanes import receivers
from bletui.backends.simulator.propagation import COHERENCE, FADING, mean_rssi
from bletui.backends.simulator.schedule import TICK, schedule
from bletui.backends.simulator.site import Device, Presence, Receiver, Site
from bletui.backends.simulator.siteclock import SiteClock
from bletui.model import Advertisement

EARS = receivers("sim", 3, BOXES)

EAR = Receiver("sim/hci0", "hci0", (0.0, 0.0), 0.0, -93.0)


def one(**changes: object) -> Device:
    plain = Device("d", "random", "ADV_IND", 0.1, (3.0, 0.0), -55.0, fixed("C0:00:00:00:00:01", b"\x02\x01\x06"))
    return replace(plain, **changes)  # type: ignore[arg-type]


def heard(site: Site, seconds: float, seed: int = 1) -> list[Advertisement]:
    ticks = schedule(site, seed, SiteClock(0.0))
    return [event for tick in islice(ticks, round(seconds / TICK)) for event in tick]


def test_one_seed_gives_one_stream_and_another_seed_another() -> None:
    first, again = (heard(home(EARS, 5, 900.0), 20, seed=5) for _ in range(2))
    assert first == again
    assert len(first) > 3000
    assert heard(home(EARS, 6, 900.0), 20, seed=6) != first


def test_events_come_in_order_and_in_their_tick() -> None:
    ticks = schedule(home(EARS, 1, 900.0), 1, SiteClock(0.0))
    for n, tick in enumerate(islice(ticks, 200)):
        times = [event.at for event in tick]
        assert times == sorted(times)
        assert all(n * TICK <= at < (n + 1) * TICK for at in times)


@pytest.mark.parametrize("interval", [0.02, 0.1525, 1.0])
def test_advertisements_keep_their_interval_plus_at_most_ten_milliseconds(interval: float) -> None:
    sure = replace(EAR, sensitivity=-200.0)
    times = [event.at for event in heard(Site("s", (one(interval=interval),), (sure,)), 400 * interval)]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # A packet in 25 meets a deaf moment: the gap is then that of two or more intervals.
    steps = [max(1, int(gap / interval)) if interval > 0.1 else None for gap in gaps]
    for gap, missed in zip(gaps, steps, strict=True):
        fits = range(1, 12) if missed is None else [missed]
        assert any(n * interval - 1e-9 <= gap <= n * (interval + 0.010) + 1e-9 for n in fits)
    shortest = [gap for gap in gaps if gap <= interval + 0.010 + 1e-9]
    assert len(shortest) > 0.85 * len(gaps)
    assert statistics.fmean(shortest) == pytest.approx(interval + 0.005, abs=0.001)


def test_rssi_has_its_mean_and_its_memory() -> None:
    site = Site("s", (one(),), (EAR,))
    rssi = [float(event.rssi or 0) for event in heard(site, 2000)]
    mean = mean_rssi((3.0, 0.0), -55.0, EAR)
    assert statistics.fmean(rssi) == pytest.approx(mean, abs=0.6)
    assert statistics.stdev(rssi) == pytest.approx(FADING, rel=0.15)
    neighbours = statistics.correlation(rssi[:-1], rssi[1:])
    far = round(5 * COHERENCE / 0.105)
    assert neighbours > 0.93
    assert abs(statistics.correlation(rssi[:-far], rssi[far:])) < 0.3


def test_lanes_hear_one_device_at_their_own_strength() -> None:
    near, far = EAR, Receiver("sim/r/0", "router/0", (20.0, 0.0), 0.0, -97.0)
    levels = defaultdict(list)
    for event in heard(Site("s", (one(),), (near, far)), 100):
        levels[event.lane].append(event.rssi or 0)
    assert statistics.fmean(levels[near.lane]) > statistics.fmean(levels[far.lane]) + 8


def test_a_carried_device_grows_stronger_as_it_comes_nearer() -> None:
    site = Site("s", (one(path=lambda t: (41.0 - t, 0.0)),), (EAR,))
    levels = [event.rssi or 0 for event in heard(site, 40)]
    assert statistics.fmean(levels[-50:]) > statistics.fmean(levels[:50]) + 15


def test_weak_devices_are_heard_less_and_hopeless_ones_never() -> None:
    def count(distance: float) -> int:
        return len(heard(Site("s", (one(place=(distance, 0.0)),), (EAR,)), 100))

    assert count(3.0) > count(45.0) > count(90.0)
    assert count(1000.0) == 0


def test_a_device_that_comes_and_goes_is_silent_while_it_is_gone() -> None:
    site = Site("s", (one(presence=Presence(10.0, 4.0, 2.0)),), (EAR,))
    seconds = {int(event.at) for event in heard(site, 40)}
    assert seconds == {second for second in range(40) if (second + 2) % 10 < 4}


def test_a_scan_response_follows_a_heard_packet_and_only_from_devices_that_answer() -> None:
    content = fixed("C0:00:00:00:00:01", b"\x02\x01\x06", b"\x02\x0a\x00")
    events = heard(Site("s", (one(content=content),), (EAR,)), 100)
    for before, event in pairwise(events):
        if event.pdu == "SCAN_RSP":
            assert (before.pdu, before.at, event.raw) == ("ADV_IND", event.at, b"\x02\x0a\x00")
    answers = sum(event.pdu == "SCAN_RSP" for event in events)
    assert 0.85 < answers / (len(events) - answers) < 0.95
    assert all(event.pdu == "ADV_IND" for event in heard(Site("s", (one(),), (EAR,)), 10))


def test_the_stream_does_not_depend_on_the_process() -> None:
    code = (
        "from hashlib import sha256; from itertools import islice\n"
        "from bletui.backends.simulator.home import BOXES, home\n"
        "from bletui.backends.simulator.lanes import receivers\n"
        "from bletui.backends.simulator.schedule import schedule\n"
        "from bletui.backends.simulator.siteclock import SiteClock\n"
        "ticks = schedule(home(receivers('sim', 3, BOXES), 1, 5.0), 1, SiteClock(0.0))\n"
        "print(sha256(repr(list(islice(ticks, 200))).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=60
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
