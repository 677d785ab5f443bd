"""A passkey that one seat's pairing asks for and another seat answers: right, wrong, not at all, and late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.options import Options
from bletui.backends.local.patience import Patience
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Owner, Pair, Prompt
from bletui.radio import QueuedRadio
from bletui.radio.port import Attachment
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import DISPLAYS, PASSKEY
from tests.backends.local.told import BARE, ENV, LANE

ADDRESS = DISPLAYS.address


@asynccontextmanager
async def seats(patience: Patience) -> AsyncIterator[tuple[Attachment, Attachment]]:
    """One that asks for things and one that looks on, at a radio with a link."""
    radio = QueuedRadio(LinuxBackend(Options(), ENV, BARE, patience), "local")
    await radio.open()
    try:
        first, second = await radio.attach(Owner("first")), await radio.attach(Owner("second"))
        await first.perform(Connect(ADDRESS, LANE, "random"), limit=5)
        yield first, second
    finally:
        await radio.aclose()


async def paired(seat: Attachment) -> Failure | None:
    try:
        await seat.perform(Pair(ADDRESS, LANE), limit=5)
    except BleError as error:
        return error.failure
    return None


async def prompt(seat: Attachment) -> Prompt:
    async with asyncio.timeout(5):
        async for batch in seat.events():
            for event in batch.events:
                if isinstance(event, Prompt):
                    return event
    raise AssertionError("the events ended")


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (f"{PASSKEY:06}", None, ""),
        ("654321", ErrorKind.SECURITY_PAIRING_FAILED, ""),
        (None, ErrorKind.SECURITY_PAIRING_FAILED, "refused here"),
    ],
)
async def test_the_other_seat_answers(desk: FakeBluez, answer: str | None, kind: ErrorKind | None, detail: str) -> None:
    async with seats(Patience()) as (first, second), asyncio.TaskGroup() as group:
        call = group.create_task(paired(first))
        await second.answer((await prompt(second)).id, answer)
        failure = await call
        assert (failure.kind if failure else None, failure.detail if failure else "") == (kind, detail)


async def test_nobody_answers_and_then_it_is_too_late(desk: FakeBluez) -> None:
    async with seats(Patience(question=0.3)) as (first, second), asyncio.TaskGroup() as group:
        call = group.create_task(paired(first))
        number = (await prompt(second)).id
        failure = await call
        assert failure is not None
        assert failure.detail == "nobody answered within 0.3 s"
        with pytest.raises(BleError) as late:
            await second.answer(number, f"{PASSKEY:06}")
        assert late.value.failure.kind is ErrorKind.LINK_STATE_CONFLICT
