"""What is no request is refused before anything is done, and in the same words wherever the radio is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bletui.failure import ErrorKind
from bletui.model import Connect, OpId, Read, Request, Subscribe, Write
from tests.failing import failure_of
from tests.radio.playing import A, forever, radio
from tests.waiting import until

NO = float("nan")
WRONG: dict[str, tuple[Request, dict[str, Any], str]] = {
    "no limit": (Connect(A), {"limit": NO}, "a limit of nan s"),
    "no time": (Connect(A), {"limit": 0.0}, "a limit of 0 s"),
    "an endless limit": (Connect(A), {"limit": float("inf")}, "a limit of inf s"),
    "a deadline before now": (Connect(A), {"deadline": -1.0}, "a deadline of -1 s"),
    "an endless deadline": (Connect(A), {"deadline": float("inf")}, "a deadline of inf s"),
    "an urge": (Connect(A), {"priority": 101}, "a priority is within"),
    "an address that is none": (Connect("A" * 129), {}, "an address or a lane is too long"),
    "an address that acts": (Connect("\x1b[2J"), {}, "or not printable"),
    "a lane that acts": (Connect(A, "\x1b[2J"), {}, "or not printable"),
    "handle 0": (Read(A, handle=0), {}, "0 is no attribute handle"),
    "a handle of 17 bits": (Subscribe(A, handle=0x1_0000, mode="notify"), {}, "65536 is no attribute handle"),
    "513 bytes": (Write(A, handle=3, value=bytes(513)), {}, "512 bytes at most"),
    "another's name": (Connect(A), {"op": OpId("you", 1)}, "operations of this seat are called me/…"),
    "a number below zero": (Connect(A), {"op": OpId("me", -1)}, "and have a number"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_no_request(wrong: str) -> None:
    request, how, why = WRONG[wrong]
    async with radio() as (backend, _, seat):
        refused = await failure_of(seat.perform(request, **how))
        assert refused.kind is ErrorKind.REQUEST_INVALID
        assert why in refused.detail
        assert backend.calls == []


async def test_no_time_has_no_history() -> None:
    async with radio() as (_, _made, seat):
        assert (await failure_of(seat.history(NO))).kind is ErrorKind.REQUEST_INVALID


async def test_an_operation_is_asked_for_once() -> None:
    async with radio() as (backend, _, seat):
        backend.script[A] = [forever]
        async with asyncio.TaskGroup() as group:
            first = group.create_task(failure_of(seat.perform(Connect(A), op=OpId("me", 1))))
            await until(lambda: backend.running)
            again = await failure_of(seat.perform(Connect(A), op=OpId("me", 1)))
            assert (again.kind, again.detail) == (
                ErrorKind.REQUEST_INVALID, "operation 1 of me was asked for before",
            )  # fmt: skip
            await seat.cancel(OpId("me", 1))
        assert first.result().kind is ErrorKind.OP_CANCELLED
