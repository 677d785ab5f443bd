"""Many refusals in a row: all are counted, and the log says how many it left out."""

from __future__ import annotations

import asyncio

from bletui.bridge.refusals import WORDS_MAX, Refusals
from bletui.kinds import ErrorKind
from bletui.testing.virtual_time import in_virtual_time


@in_virtual_time
async def test_each_is_counted_and_what_the_log_leaves_out_is_told_once() -> None:
    before: list[object] = []
    refusals = Refusals(lambda _, **facts: before.append(facts["before"]))
    await asyncio.sleep(100.0)
    for _ in range(int(WORDS_MAX) + 7):
        refusals.note("x", ErrorKind.AUTH_REFUSED, "")
    assert before == [0] * int(WORDS_MAX)
    await asyncio.sleep(1.0)
    for _ in range(2):
        refusals.note("x", ErrorKind.AUTH_REFUSED, "")
    assert before[int(WORDS_MAX) :] == [7, 0]
    assert refusals.counts["refused auth.refused"] == int(WORDS_MAX) + 9
