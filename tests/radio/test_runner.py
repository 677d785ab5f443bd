from __future__ import annotations

import asyncio
import time

import pytest

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Connect,
    Disconnect,
    Discover,
    GattTree,
    Lane,
    LaneDown,
    LinkChanged,
    OperationChanged,
    OpId,
    Owner,
    Peer,
    Read,
    TreeChanged,
    Write,
)
from bletui.radio import QueuedRadio
from bletui.testing.virtual_time import in_virtual_time
from tests.failing import failure_of
from tests.radio.playing import BUSY, LOST, A, B, at_once, forever, radio
from tests.radio.scripted import ScriptedBackend
from tests.radio.through import opened
from tests.waiting import until


async def test_a_busy_lane_is_nobodys_error() -> None:
    async with radio() as (backend, _, seat):
        backend.script[A] = [BUSY, BUSY]
        assert await seat.connect(A) == Peer("a", A)
        assert [call[0] for call in backend.calls] == ["connect"] * 3


async def test_connect_tree_read_write_over_one_link() -> None:
    async with radio() as (backend, _, seat):
        await seat.connect(A)
        assert await seat.perform(Discover(A)) == GattTree(Peer("a", A))
        assert await seat.perform(Read(A, handle=7)) == b"\x07"
        assert await seat.perform(Write(A, handle=7, value=b"x")) is None
        assert [call[0] for call in backend.calls] == ["connect", "discover", "read", "write"]


async def test_many_connects_at_once_never_meet_on_a_lane() -> None:
    async with radio(Lane("a"), Lane("b")) as (backend, _, seat):
        for n in range(20):
            backend.script[f"{n}"] = [BUSY] * (n % 3)
        async with asyncio.TaskGroup() as group:
            for n in range(20):
                group.create_task(seat.connect(f"{n}"))
        assert backend.most_connects == 1
        assert {call[1] for call in backend.calls} == {"a", "b"}


async def test_cancelling_the_caller_cancels_the_operation_and_a_late_link_is_released() -> None:
    async with radio() as (backend, _, seat):
        proceed = asyncio.Event()

        async def stubborn() -> None:
            try:
                await forever()
            except asyncio.CancelledError:
                await proceed.wait()

        backend.script[A] = [stubborn]
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(seat.connect(A))
            await until(lambda: backend.running)
            asking.cancel()
            waiting = group.create_task(seat.connect(B))
            await asyncio.sleep(0)
            assert backend.calls == [("connect", "a", A)]
            proceed.set()
            assert await waiting == Peer("a", B)
        await until(lambda: ("disconnect", "a", A) in backend.calls)


async def test_cancel_by_id_from_another_seat() -> None:
    async with radio() as (backend, made, seat):
        backend.script[A] = [forever]
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(failure_of(seat.perform(Connect(A), op=OpId("me", 1))))
            await until(lambda: backend.running)
            other = await made.attach(Owner("you"))
            await other.cancel(OpId("me", 1))
        assert asking.result().kind is ErrorKind.OP_CANCELLED
        assert backend.running == []


@pytest.mark.in_process("a bridge's socket does not go by virtual time")
@in_virtual_time
async def test_a_call_that_does_not_end_by_itself_is_ended_with_its_kind() -> None:
    async with radio() as (backend, _, seat):
        await seat.connect(A)
        backend.script[A] = [forever]
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(BleError) as late:
            await seat.perform(Write(A, handle=7, value=b"x"), limit=1.0)
        assert loop.time() - began == pytest.approx(3.0)  # the backend has two seconds more
        assert late.value.failure.kind is ErrorKind.GATT_TIMEOUT
        assert late.value.failure.outcome_unknown


async def test_a_write_that_failed_is_not_repeated() -> None:
    async with radio() as (backend, _, _seat):
        made = await opened(backend, "b")  # the vocabulary's own policy
        writer = await made.attach(Owner("me"))
        backend.script[A] = [Failure(kind=ErrorKind.LINK_LOST, outcome_unknown=True)]
        with pytest.raises(BleError):
            await writer.perform(Write(A, "a", handle=7, value=b"x"))
        assert [call[0] for call in backend.calls] == ["write"]
        await made.aclose()


async def test_a_link_that_drops_ends_its_calls_with_its_reason() -> None:
    async with radio() as (backend, _, seat):
        peer = await seat.connect(A)
        backend.script[A] = [forever]
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(failure_of(seat.perform(Write(A, handle=7, value=b"x"))))
            await until(lambda: ("write", "a", A) in backend.calls)
            backend.say(LinkChanged(4.0, peer, "down", LOST))
        assert writing.result() == LOST


async def test_a_lane_that_goes_ends_its_calls_at_once_and_other_work_moves() -> None:
    async with radio(Lane("a"), Lane("b", connects=1)) as (backend, _, seat):
        gone = Failure(kind=ErrorKind.ADAPTER_MISSING)
        backend.script[A] = [forever]
        async with asyncio.TaskGroup() as group:
            first = group.create_task(failure_of(seat.connect(A, lane="a")))
            await until(lambda: backend.running)
            backend.say(LaneDown(4.0, "a", gone))
            assert await first == gone
            assert await seat.connect(B) == Peer("b", B)


async def test_a_device_not_seen_is_looked_for_and_tried_again_when_heard() -> None:
    async with radio() as (backend, _, seat):
        backend.script[A] = [Failure(kind=ErrorKind.LINK_NOT_SEEN)]
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(seat.connect(A))
            await until(lambda: len(backend.calls) == 1 and not backend.running)
            backend.say(Advertisement(5.0, "a", A, "random", -60))
            assert await asking == Peer("a", A)
        assert backend.types == [None, "random"]  # what was heard by the time of the second attempt
        assert [wish is not None for wish in backend.wishes] == [True, False]  # it listened for the device itself
        assert (await seat.connect(B)) == Peer("a", B)


async def test_what_is_heard_while_a_call_does_not_find_it_is_not_waited_for_a_second_time() -> None:
    async with radio() as (backend, made, seat):

        async def just_then() -> None:
            backend.say(Advertisement(time.time() + 1, "a", A, "random", -60))
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_SEEN))

        backend.script[A] = [just_then]
        assert await seat.connect(A) == Peer("a", A)
        await made.aclose()
        events = [event async for batch in seat.events() for event in batch.events]
        states = [event.operation.state for event in events if isinstance(event, OperationChanged)]
        assert "retrying" in states, "the attempt that failed is told of all the same"


async def test_a_connect_takes_the_address_type_last_heard() -> None:
    async with radio() as (backend, _, seat):
        backend.say(Advertisement(5.0, "a", A, "random", -60))
        await seat.connect(A)
        await seat.connect(B, address_type="public")
        assert backend.types == ["random", "public"]


async def test_foreign_links_are_used_adopted_and_never_ended_unasked() -> None:
    async with radio() as (backend, made, seat):
        peer = Peer("a", A)
        backend.say(LinkChanged(2.0, peer, "up"))
        assert await seat.connect(A) == peer
        with pytest.raises(BleError) as refused:
            await seat.perform(Disconnect(A))
        assert refused.value.failure.kind is ErrorKind.LINK_NOT_OURS
        await made.aclose()
        assert backend.calls == []

    async with radio() as (backend, made, seat):
        backend.say(LinkChanged(2.0, peer, "up"))
        await seat.adopt(peer)
        await made.aclose()
        assert backend.calls == [("disconnect", "a", A)]


@pytest.mark.in_process("a bridge's socket does not go by virtual time")
@in_virtual_time
async def test_own_links_are_released_at_the_end_even_if_one_hangs() -> None:
    backend = ScriptedBackend(Lane("a"), Lane("b"))
    made = await opened(backend, policy=at_once)
    seat = await made.attach(Owner("me"))
    await seat.connect(A, lane="a")
    await seat.connect(B, lane="b")
    backend.script[A] = [forever]
    loop = asyncio.get_running_loop()
    began = loop.time()
    await made.aclose()
    assert loop.time() - began < 2, "what a stop may take"
    assert {call for call in backend.calls if call[0] == "disconnect"} == {
        ("disconnect", "a", A),
        ("disconnect", "b", B),
    }
    assert backend.closed == 1


async def test_every_step_of_an_operation_is_told_in_order() -> None:
    async with radio() as (backend, made, seat):
        backend.script[A] = [BUSY]
        await seat.connect(A)
        await seat.perform(Discover(A))
        await made.aclose()
        events = [event async for batch in seat.events() for event in batch.events]
        operations = [e.operation for e in events if isinstance(e, OperationChanged)]
        steps = [(one.state, one.phase) for one in operations if isinstance(one.request, Connect)]
        assert steps == [
            ("waiting", "queued"),
            ("running", "connecting"),
            ("retrying", "queued"),
            ("running", "connecting"),
            ("running", "discovering"),  # the link is up, the call goes on
            ("done", "discovering"),
        ]
        assert [e.tree.peer for e in events if isinstance(e, TreeChanged)] == [Peer("a", A)]
        ups = [e.foreign for e in events if isinstance(e, LinkChanged) and e.state == "up"]
        assert ups == [False]


@pytest.mark.parametrize(("role", "allowed"), [("viewer", False), ("reader", False), ("operator", True)])
async def test_only_an_operator_writes(role: str, allowed: bool) -> None:
    async with radio() as (backend, made, seat):
        await seat.connect(A)
        other = await made.attach(Owner("you", role))  # type: ignore[arg-type]
        if allowed:
            await other.perform(Write(A, handle=7, value=b"x"))
        else:
            with pytest.raises(BleError) as refused:
                await other.perform(Write(A, handle=7, value=b"x"))
            assert refused.value.failure.kind is ErrorKind.ACCESS_REFUSED
        assert (("write", "a", A) in backend.calls) is allowed


async def test_leaving_a_seat_ends_what_its_owner_asked_for() -> None:
    async with radio() as (backend, _, seat):
        backend.script[A] = [forever]
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(failure_of(seat.connect(A)))
            await until(lambda: backend.running)
            await seat.detach(keep=False)
        assert asking.result().kind is ErrorKind.OP_CANCELLED


async def test_what_still_waits_when_the_radio_closes_is_told_so() -> None:
    async with radio() as (backend, made, seat):
        backend.script[A] = [forever]
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(failure_of(seat.connect(A)))
            await until(lambda: backend.running)
            await made.aclose()
        assert asking.result().kind is ErrorKind.OP_CANCELLED


async def test_nothing_new_begins_while_the_radio_closes() -> None:
    async with radio() as (backend, made, seat):
        backend.script[A] = backend.script[B] = [forever]
        async with asyncio.TaskGroup() as calls:
            ends = [calls.create_task(failure_of(seat.perform(Connect(each)))) for each in (A, B)]
            await until(lambda: backend.calls)
            await made.aclose()
        assert backend.calls == [("connect", "a", A)]
        assert {end.result().kind for end in ends} == {ErrorKind.OP_CANCELLED}


async def test_a_connect_whose_outcome_is_unknown_looks_before_it_repeats() -> None:
    async with radio() as (backend, _, seat):

        async def came_up_but_the_answer_was_lost() -> None:
            backend.say(LinkChanged(2.0, Peer("a", A), "up"))
            raise BleError(Failure(kind=ErrorKind.NET_TIMEOUT, outcome_unknown=True))

        backend.script[A] = [came_up_but_the_answer_was_lost]
        assert await seat.connect(A) == Peer("a", A)
        assert [call[0] for call in backend.calls] == ["connect"]


async def test_a_connect_that_waited_finds_the_link_that_came_meanwhile() -> None:
    async with radio() as (backend, _, seat):

        async def came_up_elsewhere() -> None:
            backend.say(LinkChanged(2.0, Peer("a", A), "up"))
            raise BleError(BUSY)

        backend.script[A] = [came_up_elsewhere]
        assert await seat.connect(A) == Peer("a", A)
        assert [call[0] for call in backend.calls] == ["connect"]


async def test_who_asks_for_one_attempt_gets_one() -> None:
    async with radio() as (backend, made, seat):
        backend.script[A] = [BUSY, BUSY]
        assert (await failure_of(seat.perform(Connect(A), once=True))).kind is ErrorKind.BUSY_CHIP
        assert backend.calls == [("connect", "a", A)]
        await made.aclose()
        told = [
            e.operation.state for b in [b async for b in seat.events()] for e in b.events if type(e) is OperationChanged
        ]
        assert told == ["waiting", "running", "failed"]


async def test_a_call_that_is_cancelled_before_its_first_step_ends_all_the_same() -> None:
    backend = ScriptedBackend()
    made = QueuedRadio(backend, "r", policy=at_once)
    await made.open()
    try:
        seat = await made.attach(Owner("me"))
        made.pause("a", paused=True)
        op = OpId("me", 1)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            failure = group.create_task(failure_of(seat.perform(Connect(A), op=op)))
            await asyncio.sleep(0)
            made.pause("a", paused=False)  # starts it, and before anything else runs:
            made.runner.cancel(op)
        assert failure.result().kind is ErrorKind.OP_CANCELLED
        assert await seat.connect(B) == Peer("a", B), "the lane is free again"
    finally:
        await made.aclose()
