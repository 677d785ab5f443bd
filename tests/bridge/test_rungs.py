"""The doctor's ladder over a bridge: what keeps us out, what we may do there, and how its radios fare."""

from __future__ import annotations

from pathlib import Path

from bletui import registry
from bletui.backend import Env
from bletui.doctor import climb
from bletui.failure import ErrorKind
from bletui.model import Owner, ScanRequest
from bletui.radio import Radio
from bletui.target import parse
from tests.bridge.running import bridge
from tests.waiting import until


async def opened(text: str, name: str) -> Radio:
    return await registry.open_radio(parse(text), Env(name))


async def test_it_says_which_bridge_what_one_may_do_and_each_lane() -> None:
    radio = await opened("sim:lab", "desk.sim")
    async with bridge(radio, name="desk") as (made, socket):
        rungs = [rung async for rung in climb(parse(f"bridge:{socket}?role=reader"), Env("bridge"))]
        assert [(rung.name, rung.state) for rung in rungs] == [
            ("bridge", "ok"),
            ("role", "ok"),
            ("desk.sim/hci0", "ok"),
            ("desk.sim/CC:1B:E0:00:00:01/0", "ok"),
            ("desk.sim/CC:1B:E0:00:00:01/1", "ok"),
        ]
        assert rungs[0].evidence.startswith(f"desk at {socket}, bletui ")
        assert rungs[1].evidence == "reader: may scan, connect, read and subscribe"
        assert rungs[2].evidence == "ready, 0 of 7 slots used"
        assert len(made.seats) == 0  # it leaves no seat behind
    await radio.aclose()


async def test_a_stream_that_is_broken_at_the_bridge_is_a_broken_rung_here() -> None:
    radio = await opened("sim:lab?fault=stream:broken[hci0]@0s", "desk.sim")
    seat = await radio.attach(Owner("me"))
    await seat.scan(ScanRequest())
    async with bridge(radio) as (made, socket):

        def broken() -> bool:
            streams = made.fanout.state().snapshot().streams
            return any(changed.failure for changed in streams.values())

        await until(broken)
        rungs = [rung async for rung in climb(parse(f"bridge:{socket}"), Env("bridge"))]
    by_name = {rung.name: rung for rung in rungs}
    wrong = by_name["desk.sim/hci0"]
    assert (wrong.state, wrong.failure and wrong.failure.kind) == ("fail", ErrorKind.NET_CLOSED)
    assert by_name["desk.sim/CC:1B:E0:00:00:01/0"].state == "ok"
    await radio.aclose()


async def test_a_lane_that_somebody_paused_is_a_warning() -> None:
    radio = await opened("sim:lab", "desk.sim")
    seat = await radio.attach(Owner("me"))
    await seat.pause("desk.sim/hci0")
    async with bridge(radio) as (_, socket):
        rungs = [rung async for rung in climb(parse(f"bridge:{socket}"), Env("bridge"))]
    assert [rung.name for rung in rungs if rung.state == "warn"] == ["desk.sim/hci0"]
    await radio.aclose()


async def test_no_bridge_is_the_first_broken_rung(tmp_path: Path) -> None:
    (only,) = [rung async for rung in climb(parse(f"bridge:{tmp_path}/none.sock"), Env("bridge"))]
    assert (only.name, only.state) == ("bridge", "fail")
    assert only.failure is not None
    assert only.failure.kind is ErrorKind.NET_REFUSED
    assert "no bridge listens on" in only.evidence
