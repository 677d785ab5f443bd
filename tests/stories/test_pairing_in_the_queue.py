"""Pairing, bonds and links that are not there, asked for through a radio over the lab."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui.backend import Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.lab import PASSKEY, address
from bletui.failure import ErrorKind
from bletui.model import (
    Bond,
    Connect,
    Disconnect,
    Event,
    ListBonds,
    Owner,
    Pair,
    Peer,
    Prompt,
    PromptClosed,
    Read,
    ScanRequest,
    Unpair,
)
from bletui.radio import Attachment, QueuedRadio
from bletui.target import parse
from bletui.testing.virtual_time import clock, in_virtual_time
from tests.failing import failure_of

ASKS, VAULT = address(f"passkey {PASSKEY}"), address("vault")
HCI0, CHIP0 = "sim/hci0", "sim/CC:1B:E0:00:00:01/0"
ENCRYPTED, AUTHENTICATED = 0x17, 0x1A


@asynccontextmanager
async def radio(params: str = "lanes=2") -> AsyncIterator[tuple[QueuedRadio, Attachment]]:
    made = QueuedRadio(open_target(parse(f"sim:lab?{params}"), Env("sim", clock=clock())), "sim", clock=clock())
    await made.open()
    try:
        yield made, await made.attach(Owner("me"))
    finally:
        await made.aclose()


async def event(seat: Attachment, sort: type[Event]) -> Event:
    async with asyncio.timeout(100):
        async for batch in seat.events():
            for each in batch.events:
                if isinstance(each, sort):
                    return each
    raise AssertionError(sort)


@in_virtual_time
async def test_a_pairing_goes_where_the_link_is() -> None:
    async with radio() as (_, seat):
        await seat.scan(ScanRequest())
        await asyncio.sleep(5.0)
        for lane in (HCI0, CHIP0):
            await seat.connect(VAULT, lane=lane)
            await seat.perform(Pair(VAULT))
            assert await seat.perform(Read(VAULT, handle=ENCRYPTED)) == b"encrypted"
            await seat.perform(Disconnect(VAULT))


@in_virtual_time
async def test_a_full_lane_still_pairs_its_own_links() -> None:
    async with radio("lanes=2&devices=10") as (_, seat):
        await seat.connect(VAULT, lane=HCI0)
        for n in range(1, 7):
            await seat.connect(address(str(n)), lane=HCI0)
        await seat.perform(Pair(VAULT), deadline=30.0)
        assert await seat.perform(Read(VAULT, handle=ENCRYPTED)) == b"encrypted"


@in_virtual_time
async def test_a_connect_that_is_to_pair_pairs_a_link_that_is_up() -> None:
    async with radio() as (_, seat):
        peer = await seat.connect(VAULT, lane=CHIP0)
        assert await seat.perform(Connect(VAULT, pair=True)) == peer
        assert await seat.perform(Read(VAULT, handle=ENCRYPTED)) == b"encrypted"
        assert await seat.perform(Connect(VAULT, pair=True)) == peer


@in_virtual_time
async def test_the_limit_stands_still_while_somebody_is_asked() -> None:
    async with radio() as (_, seat):
        await seat.connect(ASKS)
        async with asyncio.TaskGroup() as group:
            group.create_task(seat.perform(Pair(ASKS), limit=3.0))
            asked = await event(seat, Prompt)
            assert isinstance(asked, Prompt)
            await asyncio.sleep(28.0)
            await seat.answer(asked.id, PASSKEY)
        assert await seat.perform(Read(ASKS, handle=AUTHENTICATED)) == b"authenticated"


@in_virtual_time
async def test_with_nobody_there_a_question_is_refused() -> None:
    async with radio() as (made, seat):
        await seat.connect(ASKS, lane=CHIP0)
        async with asyncio.TaskGroup() as group:
            pairing = group.create_task(failure_of(seat.perform(Pair(ASKS))))
            await asyncio.sleep(0)
            await seat.detach(keep=True)
        assert pairing.result().kind is ErrorKind.SECURITY_PAIRING_FAILED
        other = await made.attach(Owner("you"))
        assert other.snapshot.prompts == {}
        closed = [each for batch in made.history(0.0) for each in batch.events if isinstance(each, PromptClosed)]
        assert [each.how for each in closed] == ["refused"]


@in_virtual_time
async def test_bonds_are_listed_and_removed_without_a_link() -> None:
    async with radio() as (_, seat):
        bond = Bond((await seat.connect(VAULT, pair=True)).lane, VAULT, "vault")
        await seat.perform(Disconnect(VAULT))
        bonds = await seat.perform(ListBonds())
        assert isinstance(bonds, tuple)
        assert bond in bonds
        await seat.perform(Unpair(VAULT))
        bonds = await seat.perform(ListBonds())
        assert isinstance(bonds, tuple)
        assert bond not in bonds


@in_virtual_time
async def test_without_a_link_calls_say_so_and_disconnecting_is_success() -> None:
    async with radio() as (_, seat):
        assert (await failure_of(seat.perform(Read(VAULT, handle=3)))).kind is ErrorKind.LINK_NOT_CONNECTED
        await seat.perform(Disconnect(VAULT))


@in_virtual_time
async def test_a_read_on_a_link_that_drops_ends_with_the_links_reason() -> None:
    async with radio(f"lanes=2&fault=drop:timeout[{VAULT}]@5s,read:timeout") as (_, seat):
        peer = await seat.connect(VAULT)
        failure = await failure_of(seat.perform(Read(VAULT, handle=3)))
        assert (failure.kind, failure.lane, failure.operation) == (ErrorKind.LINK_LOST, peer.lane, "read")
        assert isinstance(await seat.connect(VAULT), Peer)
