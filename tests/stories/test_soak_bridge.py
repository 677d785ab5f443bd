"""An hour of the day of `python -m benchmarks.soak_bridge`, and what its looks would not let pass."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.soak_bridge import COUNTED, RATE, Day, Look, day, faults_of

CALM = Look(1_000.0, 1_000, 1_000, 20, 14, 11, 8)


def test_an_hour_of_clients_that_come_and_go_loses_nothing_uncounted_and_leaves_nothing_behind() -> None:
    outcome = day(1.0, 1)
    assert outcome.wrong == []
    assert outcome.told["advertisements"] == 3600 * RATE
    for what in ("cut", "visits", "slow readers", "dead clients", "turned away", "told as shed"):
        assert outcome.counts[what] > 0, what
    assert outcome.counts["refused net.timeout"] >= outcome.counts["dead clients"]


def test_whatever_grows_is_named() -> None:
    def wrong(*looks: Look) -> list[str]:
        return faults_of(Day(1.0, list(looks)))

    assert wrong(*[CALM] * 6) == []
    for name in ("memory", "objects"):
        assert [line.split(":")[0] for line in wrong(*[CALM] * 5, replace(CALM, **{name: 1_100}))] == [name]
    for name in COUNTED:
        assert name in wrong(*[CALM] * 5, replace(CALM, **{name: 50}))[0]
    assert wrong(*[replace(CALM, at=10.0)] * 6) == ["too short to tell whether anything grows"]
