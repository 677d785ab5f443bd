"""A client that gets SIGSTOP, at a tenth of what `benchmarks.bench_bridge` does: nothing is lost uncounted."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

from benchmarks.bridge.stopped import Load, Outcome, faults_of, stopped
from bletui.bridge.outbox import DROPPABLE_MAX

SMALL = Load(seconds=0.8, clients=8, rate=12_000, size=200, links=20)
TOLD = Counter(advertisements=10, links=4)
GOOD = Outcome(
    0.05, 0.05, 0, (0, 0), TOLD, Counter({"links": 4, "advertisements": 7, "shed advertisements": 3}), [TOLD]
)


async def test_what_a_stopped_client_loses_is_counted_and_the_others_lose_nothing(tmp_path: Path) -> None:
    async with asyncio.timeout(60):
        outcome = await stopped(tmp_path, SMALL)
    assert faults_of(outcome) == []
    assert outcome.told["advertisements"] == 2 * 0.8 * 12_000
    assert outcome.told["links"] == 2 * 2 * 20
    assert DROPPABLE_MAX // 2 < outcome.waiting < DROPPABLE_MAX * 5 // 4


def test_whatever_is_lost_is_named() -> None:
    assert faults_of(GOOD) == []
    assert faults_of(replace(GOOD, got=TOLD)) != []
    assert faults_of(replace(GOOD, got=GOOD.got - Counter(links=1))) != []
    assert faults_of(replace(GOOD, got=GOOD.got - Counter(advertisements=1))) != []
    assert faults_of(replace(GOOD, others=[TOLD, TOLD - Counter(links=1)])) != []
