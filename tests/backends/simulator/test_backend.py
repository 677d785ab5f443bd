"""The simulator as a backend, in virtual time: pace, repeatability, overload, an end without remains."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bletui.backends.simulator.schedule import TICK
from bletui.failure import BleError, ErrorKind
from bletui.model import Advertisement, LaneChanged, ScanFilter, ScanRequest, Shed, StreamChanged
from bletui.testing.virtual_time import START, VirtualLoop, run
from tests.backends.simulator.virtual import Listener, recorded_run, simulator


def test_two_runs_with_one_seed_emit_the_same_events() -> None:
    target = "sim:?seed=3&fault=stream:broken[hci0]@2s-4s,lane:down[router/1]@5s"
    request = ScanRequest(active=True, filter=ScanFilter(min_rssi=-85))
    first, again = (recorded_run(target, 12, request).events for _ in range(2))
    assert first == again
    assert len(first) > 2000
    assert recorded_run("sim:?seed=4", 12, request).events != first


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0])
def test_the_site_keeps_the_pace_of_its_clock(speed: float) -> None:
    at_once = recorded_run("sim:", 30).heard()

    async def main() -> None:
        backend, listener = simulator("sim:", speed), Listener()
        await backend.open(listener)
        backend.scan(ScanRequest())
        begun = asyncio.get_running_loop().time()
        await listener.until_second(30.0 / speed)
        took = asyncio.get_running_loop().time() - begun
        await backend.aclose()
        assert took == pytest.approx(30.0 / speed, abs=0.2)
        # The devices of the same seed speak, sooner or later.
        assert len(listener.heard()) == pytest.approx(len(at_once), rel=0.02)
        assert not [event for event in listener.events if isinstance(event, Shed)]

    run(main)


def test_time_does_not_pass_before_the_first_scan() -> None:
    async def main() -> None:
        backend, listener = simulator("sim:"), Listener()
        await backend.open(listener)
        await asyncio.sleep(100.0)
        assert all(isinstance(event, LaneChanged) for event in listener.events)
        backend.scan(ScanRequest())
        first = await listener.until(lambda event: isinstance(event, StreamChanged))
        assert first.at == START
        await backend.aclose()

    run(main)


def test_the_wish_may_change_and_end() -> None:
    async def main() -> None:
        backend, listener = simulator("sim:"), Listener()
        await backend.open(listener)
        backend.scan(ScanRequest(lanes=("sim/hci0",)))
        await listener.until_second(2.0)
        backend.scan(ScanRequest(lanes=("sim/CC:1B:E0:00:00:01/0",)))
        await listener.until(lambda event: isinstance(event, Advertisement) and event.lane != "sim/hci0")
        backend.scan(None)
        await listener.until(
            lambda event: isinstance(event, StreamChanged) and event.state == "off" and event.lane != "sim/hci0"
        )
        count = len(listener.events)
        await asyncio.sleep(10.0)
        assert len(listener.events) == count
        await backend.aclose()

    run(main)


def test_a_host_that_lags_sheds_counts_and_catches_up() -> None:
    request = ScanRequest(active=True)

    async def main() -> Listener:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        backend, listener = simulator("sim:"), Listener()
        await backend.open(listener)
        backend.scan(request)
        await listener.until_second(3.0)
        loop.stall(5.0)
        await listener.until_second(12.0)
        await backend.aclose()
        return listener

    listener = run(main)
    shed = [event for event in listener.events if isinstance(event, Shed)]
    # Of five seconds about one is delivered late, and not one packet is lost from the count.
    assert 3.5 < len(shed) * TICK < 4.5
    assert {(event.lane, event.what) for event in shed} == {(None, "advertisements")}
    heard = [event for event in listener.heard() if event.at < START + 12]
    whole = [event for event in recorded_run("sim:", 12.5, request).heard() if event.at < START + 12]
    assert len(heard) + sum(event.count for event in shed) == len(whole)


def test_a_host_that_slept_goes_on_at_the_present_without_a_flood() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        backend, listener = simulator("sim:"), Listener()
        await backend.open(listener)
        backend.scan(ScanRequest())
        await listener.until_second(3.0)
        before = len(listener.events)
        loop.stall(3600.0)
        await listener.until_second(3604.0)
        await backend.aclose()
        late = listener.events[before:]
        assert len(late) < 1000
        assert not [event for event in late if START + 4 < event.at < START + 3600]
        assert [event.at for event in late] == sorted(event.at for event in late)

    run(main)


def test_another_task_may_close_it() -> None:
    async def main() -> None:
        backend, listener = simulator("sim:"), Listener()
        async with asyncio.TaskGroup() as opener:
            opener.create_task(backend.open(listener))
        backend.scan(ScanRequest())
        await listener.until_second(1.0)
        async with asyncio.TaskGroup() as closer:
            closer.create_task(backend.aclose())

    run(main)


@pytest.mark.parametrize("scanning", [False, True])
def test_nothing_is_left_and_nothing_is_emitted_after_the_end(scanning: bool) -> None:
    async def main() -> None:
        backend, listener = simulator("sim:"), Listener()
        before = asyncio.all_tasks()
        await backend.open(listener)
        if scanning:
            backend.scan(ScanRequest())
            await listener.until_second(1.0)
        await backend.aclose()
        assert asyncio.all_tasks() == before
        count = len(listener.events)
        await asyncio.sleep(5.0)
        assert len(listener.events) == count

    run(main)


def test_a_crowd_that_cannot_be_is_refused_at_open_and_can_be_closed() -> None:
    async def main() -> None:
        backend = simulator("sim:crowd?devices=2&rate=5000")
        with pytest.raises(BleError) as refused:
            await backend.open(Listener())
        assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
        await backend.aclose()

    run(main)


def test_every_lane_hears_most_devices_at_a_plausible_strength() -> None:
    heard = recorded_run("sim:", 30).heard()
    lanes = Counter(event.lane for event in heard)
    assert len(lanes) == 3
    assert min(lanes.values()) > 0.4 * max(lanes.values())
    assert all(-110 <= (event.rssi or 0) <= -20 for event in heard)
    both = {event.address for event in heard if event.lane == "sim/hci0"}
    assert len(both & {event.address for event in heard if event.lane != "sim/hci0"}) > 50
