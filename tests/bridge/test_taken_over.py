"""A seat whose client is gone, or whom another one takes it from."""

from __future__ import annotations

import asyncio

import pytest

from bletui.bridge.remote import RemoteAttachment
from bletui.failure import BleError, ErrorKind
from bletui.model import Owner, ScanRequest
from tests.bridge.raw import Raw
from tests.bridge.reattached import Told, opened
from tests.bridge.running import bridge, remote
from tests.waiting import until


async def test_who_takes_a_seat_over_and_does_not_say_what_it_is_is_another_client() -> None:
    _, radio = await opened()
    async with bridge(radio) as (_, socket):
        first, second = await Raw.to(socket), await Raw.to(socket)
        await first.seated("me")
        await second.seated("me", take="over")
        assert (await first.goodbye()).detail == "the seat me was taken over by another client"
        second.writer.close()
    await radio.aclose()


async def test_a_seat_that_is_taken_over_is_told_by_whom_and_does_not_fight_back() -> None:
    _, radio = await opened()
    lines: list[tuple[str, dict[str, object]]] = []
    async with (
        bridge(radio, record=lambda event, **facts: lines.append((event, facts))) as (_, socket),
        asyncio.TaskGroup() as group,
    ):
        far = remote(socket)
        first = await far.attach(Owner("me"))
        second = await far.attach(Owner("me"))
        assert (first.owner.id, second.owner.id) == ("me", "me-2")
        with pytest.raises(BleError) as busy:
            await remote(socket, take="exactly").attach(Owner("me"))
        assert busy.value.failure.kind is ErrorKind.BUSY_CAPACITY
        told = Told(group, first)
        third = await remote(socket, take="over").attach(Owner("me"))
        assert third.owner.id == "me"
        await asyncio.wait([told.task], timeout=5)
        assert told.failure is not None
        assert "taken over by bletui" in told.failure.detail
        assert [facts["owner"] for event, facts in lines if event == "taken over"] == ["me"]
        with pytest.raises(BleError):
            await first.scan(None)
        assert isinstance(third, RemoteAttachment)
        await far.aclose()
        await third.detach(keep=False)
    await radio.aclose()


async def test_a_seat_is_given_up_when_nobody_came_back_for_too_long() -> None:
    backend, radio = await opened()
    async with bridge(radio, keep=0.0) as (made, socket):
        seat = await remote(socket).attach(Owner("me"))
        await seat.scan(ScanRequest())
        await seat.detach(keep=True)
        await until(lambda: not (len(made.seats) or len(backend.wishes) < 2))
        assert backend.wishes == [ScanRequest(), None]
    await radio.aclose()
