"""How many seats there may be, and which one goes when there is one more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bletui.bridge.access import Credential
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.seats import Seats
from bletui.bridge.server import Bridge
from bletui.failure import BleError, ErrorKind
from bletui.model import Owner
from bletui.radio import QueuedRadio
from tests.bridge.raw import Raw
from tests.bridge.running import bridge, remote
from tests.radio.playing import A
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

ALL, EACH = 5, 3


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Bridge, Path]]:
    radio = QueuedRadio(ScriptedBackend(), "a")
    await radio.open()
    async with asyncio.timeout(20), bridge(radio) as (made, socket):
        made.seats = Seats(seats_max=ALL, each_max=EACH)
        yield made, socket
    await radio.aclose()


def owners(made: Bridge) -> list[str]:
    return sorted(seat.owner.id for seat in made.seats)


async def test_however_many_come_and_go_there_is_room_and_who_left_work_behind_finds_it() -> None:
    async with served() as (made, socket):
        working = await remote(socket).attach(Owner("working"))
        await working.connect(A)
        await working.detach(keep=True)
        for n in range(10):
            raw = await Raw.to(socket)
            await raw.seated(f"passing-{n}", role="viewer", deaf=True)
            raw.writer.close()
            await until(lambda: not made.clients())
        assert owners(made) == ["passing-8", "passing-9", "working"]
        assert (await remote(socket).attach(Owner("working"))).snapshot.links.keys() == {("a", A)}


async def test_who_sits_stays_and_beyond_all_seats_nobody_comes_in() -> None:
    async with served() as (made, socket):
        sitting = [await Raw.to(socket) for _ in range(ALL)]
        for n, raw in enumerate(sitting):
            await raw.seated(f"sitting-{n}")
        one_more = await Raw.to(socket)
        one_more.say(m.Hello(codec.VERSIONS, "one-more"))
        failure = await one_more.goodbye()
        assert (failure.kind, failure.detail) == (ErrorKind.BUSY_CAPACITY, "there are 5 seats already")
        sitting[0].writer.close()
        await until(lambda: len(made.clients()) == ALL - 1)
        again = await Raw.to(socket)
        await again.seated("again")
        assert owners(made) == ["again", "sitting-1", "sitting-2", "sitting-3", "sitting-4"]
        for raw in (*sitting, again):
            raw.writer.close()


async def test_what_others_left_is_given_up_only_where_nothing_goes_on() -> None:
    async with served() as (made, socket):
        made.seats = Seats(seats_max=2, each_max=ALL)
        for name in ("first", "second"):
            raw = await Raw.to(socket)
            await raw.seated(name)
            raw.writer.close()
            await until(lambda: not made.clients())
        stranger = Credential("laptop", "viewer")
        assert made.seats.in_the_way(stranger, lambda _: True) is made.seats.get("first")
        with pytest.raises(BleError) as refused:
            made.seats.in_the_way(stranger, lambda _: False)
        assert refused.value.failure.kind is ErrorKind.BUSY_CAPACITY
