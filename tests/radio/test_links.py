"""Who holds a link: told, kept, given up, and what that means for who wants to end it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Connect,
    Disconnect,
    Lane,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Owner,
    Pair,
    Peer,
    Read,
    Role,
    Subscribe,
)
from bletui.radio import Attachment, Radio
from bletui.radio.links import TAKEN_BY
from bletui.radio.releasing import WAITS
from bletui.testing.virtual_time import clock, in_virtual_time
from tests.failing import failure_of
from tests.radio.playing import A, B, at_once, forever, radio
from tests.radio.scripted import ScriptedBackend
from tests.radio.through import opened
from tests.waiting import until

HERE = Peer("a", A)
Both = tuple[ScriptedBackend, Radio, Attachment, Attachment]


@asynccontextmanager
async def two() -> AsyncIterator[Both]:
    async with radio() as (backend, made, me):
        yield backend, made, me, await made.attach(Owner("you"))


@asynccontextmanager
async def left_behind(failures: int) -> AsyncIterator[tuple[ScriptedBackend, Radio]]:
    """A link whose last holder has left, and whose end failed so often as if its router could not be reached."""
    backend = ScriptedBackend()
    made = await opened(backend, clock=clock(), policy=at_once)
    me = await made.attach(Owner("me"))
    await me.connect(A)
    backend.script[A] = [Failure(kind=ErrorKind.NET_REFUSED)] * failures
    await me.detach(keep=False)
    try:
        yield backend, made
    finally:
        await made.aclose()


async def holders(made: Radio, peer: Peer = HERE) -> tuple[str, ...] | None:
    """As a late client is told; None: no link."""
    late = await made.attach(Owner("late", "viewer"))
    await late.detach(keep=False)
    link = late.snapshot.links.get(peer)
    return None if link is None else link.holders


async def told(made: Radio, seat: Attachment) -> list[LinkChanged]:
    await made.aclose()
    return [event async for batch in seat.events() for event in batch.events if isinstance(event, LinkChanged)]


def disconnects(backend: ScriptedBackend) -> list[str]:
    return [call[2] for call in backend.calls if call[0] == "disconnect"]


async def test_who_asked_for_a_link_is_told_with_it_and_who_asks_too_is_told_then() -> None:
    async with two() as (_, made, me, you):
        await me.connect(A)
        assert await holders(made) == ("me",)
        await you.connect(A)
        await you.connect(A)
        assert await holders(made) == ("me", "you")
        await you.perform(Disconnect(A, force=True))
        assert [(link.state, link.holders) for link in await told(made, me)] == [
            ("up", ("me",)),
            ("up", ("me", "you")),
            ("down", ("me", "you")),
        ]


async def test_who_held_a_link_is_told_who_took_it_and_what_ran_there_ends_with_that() -> None:
    async with two() as (backend, made, me, you):
        await me.connect(A)
        backend.script[A] = [forever]
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(failure_of(me.perform(Read(A, handle=3))))
            await until(lambda: ("read", "a", A) in backend.calls)
            await you.perform(Disconnect(A, force=True))
        down = (await told(made, me))[-1]
        assert down.reason is not None
        assert (down.reason.kind, down.reason.detail) == (ErrorKind.OP_CANCELLED, "you took it")
        assert dict(down.reason.evidence) == {TAKEN_BY: "you"}
        assert reading.result() == down.reason


async def test_who_ends_their_own_link_is_told_nothing_new_of_it() -> None:
    async with two() as (_, made, me, _you):
        await me.connect(A)
        await me.perform(Disconnect(A))
        await me.connect(B)  # ended with the radio
        assert [link.reason for link in await told(made, me) if link.state == "down"] == [None, None]


async def test_holders_stay_whatever_changes_about_the_link_and_go_with_it() -> None:
    async with two() as (backend, made, me, you):
        await me.connect(A)
        backend.say(LinkChanged(5.0, HERE, "up", mtu=247))
        assert await holders(made) == ("me",)
        backend.say(LinkChanged(6.0, HERE, "down", Failure(kind=ErrorKind.LINK_CLOSED_REMOTE)))
        await you.connect(A)
        assert await holders(made) == ("you",)


async def test_who_pairs_a_device_that_was_not_linked_holds_the_link_that_this_brings() -> None:
    async with two() as (_, made, me, _you):
        await me.perform(Pair(A))
        assert await holders(made) == ("me",)


async def test_a_foreign_link_is_held_by_who_uses_it_and_is_left_to_whoever_made_it() -> None:
    async with two() as (backend, made, me, _):
        backend.say(LinkChanged(1.0, HERE, "up"))
        assert await holders(made) == ()
        await me.connect(A)
        assert await holders(made) == ("me",)
        await me.detach(keep=False)
        assert await holders(made) == ()
        assert disconnects(backend) == []


async def test_who_adopts_a_link_holds_it_and_takes_it_along() -> None:
    async with two() as (backend, made, me, _):
        backend.say(LinkChanged(1.0, HERE, "up"))
        await me.adopt(HERE)
        assert await holders(made) == ("me",)
        await me.detach(keep=False)
        assert await holders(made) is None
        assert disconnects(backend) == [A]


async def test_a_link_that_others_hold_is_theirs_until_it_is_taken_by_force() -> None:
    async with two() as (backend, _, me, you):
        await me.connect(A)
        await you.connect(A)
        refused = await failure_of(me.perform(Disconnect(A)))
        assert refused.kind is ErrorKind.LINK_NOT_OURS
        assert refused.detail.startswith("you asked for this link too")
        assert (refused.lane, refused.address, refused.operation) == ("a", A, "disconnect")
        assert disconnects(backend) == []
        await me.perform(Disconnect(A, force=True))
        assert disconnects(backend) == [A]


async def test_who_leaves_takes_along_only_what_nobody_else_asked_for_or_listens_on() -> None:
    async with two() as (backend, made, me, you):
        third = await made.attach(Owner("third"))
        await me.connect(A)
        await me.connect(B)
        await you.connect(A)
        await third.perform(Subscribe(B, handle=7, mode="notify"))
        await me.detach(keep=False)
        assert disconnects(backend) == []
        assert await holders(made) == ("you",)
        assert await holders(made, Peer("a", B)) == ()
        await you.detach(keep=False)
        assert disconnects(backend) == [A]
        await third.detach(keep=False)  # the last who used it
        assert disconnects(backend) == [A, B]


async def test_who_leaves_to_come_back_keeps_the_links() -> None:
    async with two() as (backend, made, me, you):
        await me.connect(A)
        await me.detach(keep=True)
        assert await holders(made) == ("me",)
        assert (await failure_of(you.perform(Disconnect(A)))).kind is ErrorKind.LINK_NOT_OURS
        again = await made.attach(Owner("me"))
        await again.perform(Disconnect(A))
        assert disconnects(backend) == [A]


async def test_a_link_that_can_not_be_ended_does_not_keep_who_leaves() -> None:
    async with two() as (backend, made, me, _):
        await me.connect(A)
        backend.script[A] = [Failure(kind=ErrorKind.LINK_STATE_CONFLICT)]
        await me.detach(keep=False)
        assert await holders(made) == ()  # and it is still ours, to be ended with the radio
        await made.aclose()
        assert disconnects(backend) == [A, A]


@pytest.mark.in_process("a bridge's socket does not go by virtual time")
@in_virtual_time
async def test_what_could_not_be_reached_when_its_last_holder_left_is_released_later() -> None:
    async with left_behind(failures=3) as (backend, made):
        assert await holders(made) == ()
        await asyncio.sleep(sum(WAITS[:3]) + 1)
        assert await holders(made) is None
        assert disconnects(backend) == [A] * 4


@pytest.mark.in_process("a bridge's socket does not go by virtual time")
@in_virtual_time
async def test_what_somebody_asks_for_meanwhile_is_not_released() -> None:
    async with left_behind(failures=1) as (backend, made):
        you = await made.attach(Owner("you"))
        await you.connect(A)
        await asyncio.sleep(sum(WAITS))
        assert await holders(made) == ("you",)
        assert disconnects(backend) == [A]


async def test_a_disconnect_that_is_refused_lets_nothing_go() -> None:
    """The link comes back with its lane, as it would have without the attempt."""
    async with two() as (backend, made, me, you):
        await me.connect(A)
        assert (await failure_of(you.perform(Disconnect(A)))).kind is ErrorKind.LINK_NOT_OURS
        backend.say(LaneDown(4.0, "a", Failure(kind=ErrorKind.ADAPTER_MISSING)))
        backend.say(LaneChanged(5.0, Lane("a")))
        await until(lambda: [call[0] for call in backend.calls].count("connect") == 2)
        async with asyncio.timeout(5):
            while await holders(made) != ("me",):
                await asyncio.sleep(0)


@pytest.mark.parametrize("role", ["reader", "operator"])
async def test_only_an_operator_takes_what_others_hold(role: Role) -> None:
    async with two() as (backend, made, me, _):
        await me.connect(A)
        other = await made.attach(Owner("other", role))
        if role == "reader":
            assert (await failure_of(other.perform(Disconnect(A, force=True)))).kind is ErrorKind.ACCESS_REFUSED
        else:
            await other.perform(Disconnect(A, force=True))
        assert disconnects(backend) == ([] if role == "reader" else [A])


async def test_a_seat_that_was_left_asks_for_nothing_more() -> None:
    async with two() as (backend, made, me, _):
        await me.detach(keep=True)
        await me.detach(keep=False)  # nothing is left to leave
        left = await failure_of(me.perform(Connect(A)))
        assert (left.kind, left.detail) == (ErrorKind.OP_CANCELLED, "the seat was left")
        await made.aclose()
        assert backend.calls == []
