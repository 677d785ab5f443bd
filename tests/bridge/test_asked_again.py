"""What is asked of a bridge is done once, whenever its connection is lost: what is asked again then, and what never."""

from __future__ import annotations

import asyncio

import pytest

from bletui.bridge.asking import Asked, Asking
from bletui.bridge.protocol import messages as m
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Batch, OpId, Write

LOST = Failure(kind=ErrorKind.NET_CLOSED)
OP = OpId("me/1", 1)
WRITE = m.Perform(OP, Write("AA:00:00:00:00:01", handle=3, value=b"x"))


class Line:
    """A connection: what was sent on it."""

    def __init__(self) -> None:
        self.asking = Asking()
        self.sent: list[m.FromClient] = []
        self.asking.connected(self.sent.append)

    def again(self) -> list[m.FromClient]:
        """Another one, after this one was lost; what is sent on it."""
        sent: list[m.FromClient] = []
        self.asking.connected(sent.append)
        return sent


@pytest.mark.parametrize(
    "verb", [m.Answer(9, "123456"), m.Stop(), m.Detach(False)], ids=lambda verb: type(verb).__name__
)
async def test_what_may_have_been_done_is_not_asked_again_and_that_is_told(verb: m.Verb) -> None:
    line = Line()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asked = group.create_task(outcome(line.asking, verb))
        await asyncio.sleep(0)
        line.asking.lost(LOST)
        failure = await asked
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.outcome_unknown) == (ErrorKind.NET_CLOSED, True)
    assert line.again() == []


async def test_an_operation_is_asked_for_again_by_its_name() -> None:
    line = Line()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asked = group.create_task(outcome(line.asking, WRITE))
        await asyncio.sleep(0)
        line.asking.lost(LOST)
        (call,) = line.again()
        assert isinstance(call, m.Call)
        assert isinstance(call.verb, m.Perform)
        assert (line.sent, call.verb.op, call.verb.again) == ([m.Call(1, WRITE)], OP, True)
        line.asking.take(m.Reply(call.id, None))
        assert isinstance(await asked, Asked)


async def test_what_nobody_wants_any_more_is_cancelled_when_the_bridge_is_there_again() -> None:
    line = Line()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asked = group.create_task(outcome(line.asking, WRITE))
        await asyncio.sleep(0)
        line.asking.lost(LOST)
        asked.cancel()
        await asyncio.wait([asked])
        (call,) = line.again()
        assert isinstance(call, m.Call)
        assert call.verb == m.CancelOp(OP)


async def test_what_was_never_sent_and_is_not_wanted_is_never_sent() -> None:
    line = Line()
    line.asking.lost(LOST)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asked = group.create_task(outcome(line.asking, WRITE))
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
    assert line.again() == []


async def test_a_history_that_was_cut_off_is_told_once_and_whole() -> None:
    line = Line()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asked = group.create_task(outcome(line.asking, m.History(0.0)))
        await asyncio.sleep(0)
        line.asking.take(m.Recalled(1, Batch(1, ())))
        line.asking.lost(LOST)
        (call,) = line.again()
        assert isinstance(call, m.Call)
        for batch in (Batch(1, ()), Batch(2, ())):
            line.asking.take(m.Recalled(call.id, batch))
        line.asking.take(m.Reply(call.id, None))
        found = await asked
    assert isinstance(found, Asked)
    assert [batch.seq for batch in found.recalled] == [1, 2]


async def outcome(asking: Asking, verb: m.Verb) -> Asked | Failure:
    try:
        return await asking.ask(verb)
    except BleError as failed:
        return failed.failure
