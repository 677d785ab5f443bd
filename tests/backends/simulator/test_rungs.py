"""The doctor over a site."""

from __future__ import annotations

from bletui.failure import ErrorKind
from bletui.model import Rung
from bletui.testing.virtual_time import run
from tests.backends.simulator.virtual import simulator


def ladder(target: str) -> list[Rung]:
    async def main() -> list[Rung]:
        return [rung async for rung in simulator(target).probe()]

    return run(main)


def test_every_lane_says_what_it_would_hear() -> None:
    site, *lanes = ladder("sim:")
    assert (site.state, site.evidence) == ("ok", "a made-up site of 93 devices, seed 1")
    assert [lane.name for lane in lanes] == ["hci0", "router/0", "router/1"]
    for lane in lanes:
        assert lane.state == "ok"
        assert lane.evidence.startswith("hears ")
        assert lane.evidence.endswith(" dBm")


def test_faults_that_are_there_from_the_start_fail_their_rung() -> None:
    _, *lanes = ladder("sim:?fault=lane:off[hci0],stream:auth.refused[router/0],stream:silent[router/1]")
    assert [lane.state for lane in lanes] == ["fail", "fail", "warn"]
    assert [lane.failure and lane.failure.kind for lane in lanes] == [
        ErrorKind.ADAPTER_OFF, ErrorKind.AUTH_REFUSED, None,
    ]  # fmt: skip


def test_a_crowd_that_cannot_be_fails_its_rung() -> None:
    (rung,) = ladder("sim:crowd?devices=2&rate=5000")
    assert rung.state == "fail"
    assert "rate=5000" in rung.evidence
