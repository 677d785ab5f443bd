"""Requests on their way to a bridge, by themselves."""

from __future__ import annotations

import asyncio

import pytest

from bletui.bridge.asking import LOOKS, Asking
from bletui.bridge.protocol import messages as m
from bletui.failure import BleError, ErrorKind
from bletui.model import OpId
from bletui.testing.virtual_time import in_virtual_time

VERB = m.Promote(OpId("me", 1))


@pytest.mark.parametrize("turns", [0, 1, LOOKS - 1, LOOKS, 2 * LOOKS])
async def test_an_answer_is_found_whenever_it_comes(turns: int) -> None:
    """While it is looked for, and after that."""
    asking = Asking(LOOKS)
    sent: list[m.FromClient] = []
    asking.connected(sent.append)

    async def answer() -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.take(m.Reply(1, None))

    async with asyncio.timeout(8), asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(asking.ask(VERB, 5.0))
        tasks.create_task(answer())
    assert asked.result().answer.result() is None
    assert sent == [m.Call(1, VERB)]


@in_virtual_time
async def test_who_is_not_answered_stops_looking_and_takes_it_back() -> None:
    asking = Asking(LOOKS)
    sent: list[m.FromClient] = []
    asking.connected(sent.append)
    with pytest.raises(BleError) as late:
        await asking.ask(VERB, 5.0)
    assert late.value.failure.kind is ErrorKind.NET_TIMEOUT
    assert asyncio.get_running_loop().time() == 5.0
    assert sent == [m.Call(1, VERB), m.Cancel(1)]
