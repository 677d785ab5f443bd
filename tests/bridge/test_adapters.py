from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace

import pytest

from bletui.bridge.adapters import Claims, controller
from bletui.bridge.server import Bridge
from bletui.failure import BleError, ErrorKind
from bletui.model import Lane, LaneChanged
from bletui.radio import QueuedRadio
from tests.bridge.running import bridge
from tests.tiny import TinyBackend
from tests.waiting import until

ADDRESS = f"02:00:00:00:{os.getpid() >> 8 & 255:02X}:{os.getpid() & 255:02X}"  # other test runs claim theirs
ADAPTER = Lane(f"desk.local/{ADDRESS}", "hci0")


@pytest.mark.parametrize(
    ("lane", "expected"),
    [
        (ADAPTER, ADDRESS),
        (Lane("r/CC:1B:E0:00:00:01/0", router="CC:1B:E0:00:00:01", chip=0), None),
        (Lane("r/CC:1B:E0:00:00:01", router="CC:1B:E0:00:00:01"), None),
        (Lane(f"sim/{ADDRESS}", info={"simulated": "a site"}), None),
        (Lane("sim/hci0"), None),
    ],
)
def test_which_lanes_are_adapters_of_this_machine(lane: Lane, expected: str | None) -> None:
    assert controller(lane) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's abstract sockets")
async def test_a_second_bridge_on_an_adapter_is_refused_with_the_first_ones_process() -> None:
    radio = QueuedRadio(TinyBackend(LaneChanged(1.0, ADAPTER)), "local")
    await radio.open()
    async with bridge(radio):
        with pytest.raises(BleError) as refused:
            await Bridge([radio], scans=False).run([])
        assert refused.value.failure.kind is ErrorKind.BUSY_CAPACITY
        told = f"hci0 ({ADDRESS}) is served by another bridge already: process {os.getpid()}"
        assert told in refused.value.failure.detail
    second = Bridge([radio], scans=False)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        ready = asyncio.Event()
        running = tasks.create_task(second.run([], ready))
        await ready.wait()
        second.stopped.set()
        await running
    await radio.aclose()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's abstract sockets")
async def test_an_adapter_that_comes_later_is_claimed_or_told() -> None:
    backend = TinyBackend()
    radio = QueuedRadio(backend, "local")
    await radio.open()
    other = Claims()
    other.claim(ADAPTER)
    lines: list[str] = []
    async with bridge(radio, record=lambda event, **_: lines.append(event)) as (made, _):
        backend.say(LaneChanged(1.0, ADAPTER))
        await until(lambda: made.fanout.folding.lanes() != ())
        assert "adapter shared" in lines
    other.release()
    await radio.aclose()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's abstract sockets")
async def test_a_radio_that_comes_with_anothers_adapter_is_refused_and_the_bridge_goes_on() -> None:
    first, second = QueuedRadio(TinyBackend(), "a"), QueuedRadio(TinyBackend(LaneChanged(1.0, ADAPTER)), "b")
    await first.open()
    await second.open()
    other = Claims()
    other.claim(ADAPTER)
    async with bridge(first) as (made, _):
        with pytest.raises(BleError) as refused:
            await made.join(second)
        assert refused.value.failure.kind is ErrorKind.BUSY_CAPACITY
        await second.aclose()
        assert made.radios.radios == (first,)
        assert made.fanout.state().lanes() == ()
        other.release()
        again = QueuedRadio(TinyBackend(LaneChanged(1.0, ADAPTER)), "b")
        await again.open()
        await made.join(again)
        await made.part("b", again.aclose)
        assert not made.stopped.is_set()
        other.claim(ADAPTER)  # given back with the radio
        other.release()
    await first.aclose()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's abstract sockets")
async def test_an_adapter_of_two_radios_is_given_back_with_the_second_of_them() -> None:
    first, second = (QueuedRadio(TinyBackend(LaneChanged(1.0, replace(ADAPTER, id=f"{name}/{ADDRESS}"))), name)
                     for name in "ab")  # fmt: skip
    await first.open()
    await second.open()
    other = Claims()
    async with bridge(first, second) as (made, _):
        await made.part("b", second.aclose)
        with pytest.raises(BleError):
            other.claim(ADAPTER)
        await made.part("a", first.aclose)
        other.claim(ADAPTER)
    other.release()
