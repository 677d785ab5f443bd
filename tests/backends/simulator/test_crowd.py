"""The site of `sim:crowd`: the rate that was asked for, whatever the crowd."""

from __future__ import annotations

from itertools import islice

import pytest

from bletui.backends.simulator.crowd import crowd
from bletui.backends.simulator.home import BOXES
from bletui.backends.simulator.lanes import receivers
from bletui.backends.simulator.schedule import TICK, schedule
from bletui.backends.simulator.siteclock import SiteClock
from bletui.failure import BleError, ErrorKind


@pytest.mark.parametrize(
    ("devices", "rate", "lanes", "seconds"), [(5000, 5000, 3, 12), (300, 1000, 3, 60), (2000, 20_000, 8, 12)]
)
def test_the_rate_is_kept_within_two_percent(devices: int, rate: int, lanes: int, seconds: int) -> None:
    site = crowd(receivers("sim", lanes, BOXES), 7, devices, rate)
    assert len({device.content(0.0).address for device in site.devices}) == devices
    events = [event for tick in islice(schedule(site, 7, SiteClock(0.0)), round(seconds / TICK)) for event in tick]
    assert len(events) / seconds == pytest.approx(rate, rel=0.02)
    assert all(event.pdu != "SCAN_RSP" for event in events)


def test_the_largest_crowd_is_built_with_intervals_that_the_specification_allows() -> None:
    site = crowd(receivers("sim", 3, BOXES), 7, 50_000, 20_000)
    assert all(0.020 <= device.interval <= 10_485.759375 for device in site.devices)


def test_a_rate_that_so_few_devices_cannot_send_is_refused() -> None:
    with pytest.raises(BleError) as refused:
        crowd(receivers("sim", 1, BOXES), 7, 3, 5000)
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert "rate=5000" in refused.value.failure.detail
