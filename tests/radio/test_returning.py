"""What a lane takes along comes back with it; what was closed, disconnected or left does not."""

from __future__ import annotations

import pytest

from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Disconnect,
    Lane,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Operation,
    OperationChanged,
    Owner,
    Peer,
    Read,
    Subscribe,
)
from bletui.radio import Attachment
from bletui.radio.returning import PATIENCE
from bletui.testing.virtual_time import clock, in_virtual_time
from tests.failing import failure_of
from tests.radio.playing import A, B, radio
from tests.radio.scripted import ScriptedBackend
from tests.radio.through import opened
from tests.waiting import until

LINK = Peer("a", A)
GONE = Failure(kind=ErrorKind.ADAPTER_MISSING, message="bluetoothd was restarted")
OFF = Failure(kind=ErrorKind.ADAPTER_OFF, detail="hci0 is switched off")


class Heard:
    """What a seat has been told of operations, as far as it has been read."""

    def __init__(self, seat: Attachment) -> None:
        self._batches = seat.events()

    async def operation(self, state: str, address: str = A) -> Operation:
        """The next operation of the radio's own for `address` that is in `state`."""
        async for batch in self._batches:
            for event in batch.events:
                match event:
                    case OperationChanged(operation=one) if (
                        one.id.owner.endswith("/returning") and one.state == state and one.request.address == address
                    ):
                        return one
        raise AssertionError("the seat ended")


def connects(backend: ScriptedBackend, address: str = A) -> int:
    return backend.calls.count(("connect", "a", address))


async def test_the_link_and_what_was_listened_to_are_back_with_the_lane() -> None:
    async with radio() as (backend, _, me):
        heard = Heard(me)
        await me.connect(A)
        await me.perform(Subscribe(A, handle=7, mode="notify"))
        backend.say(LaneDown(3.0, "a", GONE))
        waits = await heard.operation("waiting")
        assert (waits.id.owner, waits.lane, waits.failure) == ("me/returning", "a", GONE)
        assert connects(backend) == 1
        backend.say(LaneChanged(4.0, Lane("a")))
        assert (await heard.operation("done")).result == LINK
        await until(lambda: backend.calls[-1] == ("subscribe 7 notify", *LINK))
        assert connects(backend) == 2


async def test_a_lane_that_is_switched_off_brings_its_links_back_too() -> None:
    async with radio() as (backend, _, me):
        heard = Heard(me)
        await me.connect(A)
        backend.say(LaneChanged(3.0, Lane("a", usable=OFF)), LinkChanged(3.0, LINK, "down", OFF))
        assert (await heard.operation("waiting")).failure == OFF
        backend.say(LaneChanged(4.0, Lane("a")))
        assert (await heard.operation("done")).result == LINK


async def test_a_lane_that_goes_again_meanwhile_is_waited_for_again() -> None:
    async with radio() as (backend, _, me):
        heard = Heard(me)
        await me.connect(A)
        for _ in range(3):
            backend.say(LaneDown(3.0, "a", GONE), LaneChanged(4.0, Lane("a")))
            assert (await heard.operation("done")).result == LINK
        assert connects(backend) == 4


@pytest.mark.parametrize("kind", [ErrorKind.LINK_CLOSED_REMOTE, ErrorKind.LINK_LOST])
async def test_a_link_that_ended_by_itself_is_not_asked_for_again(kind: ErrorKind) -> None:
    async with radio() as (backend, _, me):
        await me.connect(A)
        backend.say(LinkChanged(3.0, LINK, "down", Failure(kind=kind)))
        backend.say(LaneDown(4.0, "a", GONE), LaneChanged(5.0, Lane("a")))
        await me.connect(B)
        assert connects(backend) == 1


async def test_a_disconnected_one_and_a_foreign_one_are_not_asked_for_again() -> None:
    async with radio() as (backend, _, me):
        await me.connect(A)
        await me.perform(Disconnect(A))
        backend.say(LinkChanged(3.0, Peer("a", B), "up"))
        assert await me.connect(B) == Peer("a", B)
        backend.say(LaneDown(4.0, "a", GONE), LaneChanged(5.0, Lane("a")))
        await me.perform(Disconnect(A))
        assert (connects(backend), connects(backend, B)) == (1, 0)


async def test_disconnecting_or_connecting_while_it_waits_ends_the_waiting() -> None:
    async with radio(Lane("a"), Lane("b")) as (backend, _, me):
        heard = Heard(me)
        for address in (A, B):
            await me.connect(address, lane="a")
        backend.say(LaneDown(3.0, "a", GONE))
        await heard.operation("waiting", B)
        await me.perform(Disconnect(A, "a"))
        await heard.operation("cancelled")
        assert await me.connect(B) == Peer("b", B)
        await heard.operation("cancelled", B)
        backend.say(LaneChanged(4.0, Lane("a")))
        assert (connects(backend), connects(backend, B)) == (1, 1)


async def test_it_is_cancelled_like_any_other() -> None:
    async with radio() as (backend, _, me):
        heard = Heard(me)
        await me.connect(A)
        backend.say(LaneDown(3.0, "a", GONE))
        await me.cancel((await heard.operation("waiting")).id)
        await heard.operation("cancelled")
        backend.say(LaneChanged(4.0, Lane("a")))
        await me.connect(B)
        assert connects(backend) == 1


async def test_nobody_waits_behind_it() -> None:
    """A command that asks once is told at once that there is no link."""
    async with radio() as (backend, _, me):
        heard = Heard(me)
        await me.connect(A)
        backend.say(LaneDown(3.0, "a", GONE))
        await heard.operation("waiting")
        assert (await failure_of(me.perform(Read(A, handle=3)))).kind is ErrorKind.LINK_NOT_CONNECTED


async def test_an_owner_who_leaves_takes_its_wish_along() -> None:
    async with radio() as (backend, made, me):
        you = await made.attach(Owner("you"))
        heard = Heard(you)
        await me.connect(A)
        backend.say(LaneDown(3.0, "a", GONE))
        await heard.operation("waiting")
        await me.detach(keep=False)
        await heard.operation("cancelled")
        backend.say(LaneChanged(4.0, Lane("a")))
        await you.connect(B)
        assert connects(backend) == 1


@pytest.mark.in_process("a bridge's socket does not go by virtual time")
@in_virtual_time
async def test_it_waits_ten_minutes_and_no_longer() -> None:
    backend = ScriptedBackend()
    made = await opened(backend, clock=clock())
    me = await made.attach(Owner("me"))
    heard = Heard(me)
    await me.connect(A)
    backend.say(LaneDown(clock().wall(), "a", GONE))
    waits = await heard.operation("waiting")
    failed = await heard.operation("failed")
    assert failed.failure == GONE
    assert clock().wall() - waits.started == pytest.approx(PATIENCE)
    backend.say(LaneChanged(clock().wall(), Lane("a")))
    await me.connect(B)
    assert connects(backend) == 1
    await made.aclose()


async def test_it_says_what_befell_it_while_its_attempt_ran() -> None:
    async with radio() as (backend, _, me):
        heard = Heard(me)
        await me.connect(A)
        backend.script[A] = [Failure(kind=ErrorKind.LINK_CONNECT_TIMEOUT)]
        backend.say(LaneDown(3.0, "a", GONE), LaneChanged(4.0, Lane("a")))
        failed = await heard.operation("failed")
        assert failed.failure is not None
        assert failed.failure.kind is ErrorKind.LINK_CONNECT_TIMEOUT
