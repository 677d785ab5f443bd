"""Each operation is done once, however often it is asked for, and for as long as its outcome is remembered."""

from __future__ import annotations

import asyncio

import pytest

from bletui.bridge.performing import KEPT, Performing
from bletui.bridge.protocol.messages import Perform
from bletui.failure import BleError, ErrorKind
from bletui.model import OpId, Read, Result, Write

ADDRESS = "AA:00:00:00:00:01"


def write(n: int, value: bytes = b"x", *, again: bool = False) -> Perform:
    return Perform(OpId("me", n), Write(ADDRESS, handle=3, value=value), again=again)


async def kind(asked: Perform, performing: Performing) -> tuple[ErrorKind, bool]:
    with pytest.raises(BleError) as refused:
        await performing.perform(asked)
    return refused.value.failure.kind, refused.value.failure.outcome_unknown


async def test_outcomes_are_kept_within_bounds_and_what_is_forgotten_is_not_done_anew() -> None:
    made: list[OpId] = []

    async def make(asked: Perform) -> Result:
        made.append(asked.op)
        return asked.op.n

    async with asyncio.TaskGroup() as group:
        performing = Performing(group, make)
        many = 3 * KEPT
        for n in range(many):
            assert await performing.perform(write(n)) == n
        for n in range(many - KEPT, many):
            assert await performing.perform(write(n, again=True)) == n
        assert await kind(write(0, again=True), performing) == (ErrorKind.NET_CLOSED, True)
        assert len(made) == many
        read = Perform(OpId("me", 0), Read(ADDRESS, handle=3), again=True)  # harmless: done anew
        assert await performing.perform(read) == 0


async def test_one_name_is_one_request() -> None:
    made: list[bytes] = []

    async def make(asked: Perform) -> Result:
        assert isinstance(asked.request, Write)
        made.append(asked.request.value)
        return None

    async with asyncio.TaskGroup() as group:
        performing = Performing(group, make)
        await performing.perform(write(1))
        for other in (write(1, b"y", again=True), write(1, b"y"), write(1)):
            assert await kind(other, performing) == (ErrorKind.REQUEST_INVALID, False)
        assert made == [b"x"]
