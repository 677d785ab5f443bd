"""Questions of a backend: whose they are, the limit that stands still, and the refusal that nobody gave."""

from __future__ import annotations

import asyncio

import pytest

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import LaneDown, LinkChanged, Owner, Pair, Peer, Prompt, PromptClosed, Read
from bletui.radio import Radio
from bletui.testing.virtual_time import START, clock, in_virtual_time
from tests.failing import failure_of
from tests.radio import through
from tests.radio.asking import Asking
from tests.radio.playing import A, at_once
from tests.waiting import until

HERE = Peer("a", A)


async def opened() -> tuple[Asking, Radio]:
    backend = Asking()
    return backend, await through.opened(backend, clock=clock(), policy=at_once)


def question(number: int, at: float = START, lasts: float = 30.0) -> Prompt:
    return Prompt(at, number, HERE, "enter-passkey", at + lasts)


@in_virtual_time
async def test_a_question_names_its_operation_and_stops_the_limit_of_its_call() -> None:
    backend, made = await opened()
    seat = await made.attach(Owner("me"))
    proceed = asyncio.Event()

    async def asks() -> None:
        await proceed.wait()

    backend.script[A] = [asks]
    async with asyncio.TaskGroup() as group:
        group.create_task(seat.perform(Pair(A, "a"), limit=5.0))
        await until(lambda: backend.calls)
        backend.say(question(7))
        await asyncio.sleep(25.0)
        backend.say(PromptClosed(START + 25.0, 7, "answered"))
        await asyncio.sleep(4.0)
        proceed.set()
    prompts = [e for batch in await seat.history(0.0) for e in batch.events if isinstance(e, Prompt)]
    assert [prompt.op is not None for prompt in prompts] == [True]
    assert backend.answers == []
    await made.aclose()


@in_virtual_time
async def test_after_the_question_the_rest_of_the_limit_passes() -> None:
    backend, made = await opened()
    seat = await made.attach(Owner("me"))
    backend.script[A] = [asyncio.Event().wait]  # type: ignore[list-item]
    async with asyncio.TaskGroup() as group:
        pairing = group.create_task(failure_of(seat.perform(Pair(A, "a"), limit=5.0)))
        await until(lambda: backend.calls)
        backend.say(question(7))
        await asyncio.sleep(20.0)
        assert not pairing.done()
        backend.say(PromptClosed(START + 20.0, 7, "answered"))
        closed = clock().monotonic()
    assert pairing.result().kind is ErrorKind.SECURITY_PAIRING_FAILED
    assert clock().monotonic() - closed == 7.0
    await made.aclose()


@in_virtual_time
async def test_what_nobody_answers_is_refused_at_its_end() -> None:
    backend, made = await opened()
    await made.attach(Owner("me"))
    backend.say(question(7))
    await asyncio.sleep(30.5)
    assert backend.answers == []
    await asyncio.sleep(1.0)
    assert backend.answers == [(7, None)]
    backend.say(question(8, START + 40.0, 0.0))
    await asyncio.sleep(60.0)
    assert backend.answers == [(7, None), (8, None)]
    await made.aclose()


@pytest.mark.in_process("whoever lost the connection to a bridge may come back and answer")
@in_virtual_time
async def test_with_nobody_attached_or_left_it_is_refused_at_once() -> None:
    backend, made = await opened()
    backend.say(question(7))
    await until(lambda: backend.answers == [(7, None)])
    backend.say(PromptClosed(START, 7, "refused"))
    seat = await made.attach(Owner("me"))
    backend.say(question(8))
    await asyncio.sleep(1.0)
    await seat.detach(keep=True)
    await until(lambda: backend.answers == [(7, None), (8, None)])
    await made.aclose()


@in_virtual_time
async def test_a_question_ends_with_its_lane_and_is_not_refused_later() -> None:
    backend, made = await opened()
    await made.attach(Owner("me"))
    backend.say(question(7))
    backend.say(LaneDown(START + 1.0, "a", Failure(kind=ErrorKind.ADAPTER_MISSING)))
    await asyncio.sleep(60.0)
    assert backend.answers == []
    await made.aclose()


@in_virtual_time
async def test_a_drop_ends_the_call_that_ran_then_and_no_later_attempt() -> None:
    backend, made = await opened()
    seat = await made.attach(Owner("me"))
    await seat.connect(A)
    dropped, proceed = asyncio.Event(), asyncio.Event()

    async def fails() -> None:
        await dropped.wait()
        raise BleError(Failure(kind=ErrorKind.LINK_LOST))

    async def works() -> None:
        await proceed.wait()

    backend.script[A] = [fails, works]
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(seat.perform(Read(A, handle=7)))
        await until(lambda: ("read", "a", A) in backend.calls)
        backend.say(LinkChanged(START, HERE, "down", Failure(kind=ErrorKind.LINK_LOST)))
        backend.say(LinkChanged(START, HERE, "up"))
        dropped.set()
        await asyncio.sleep(2.0)
        proceed.set()
    assert reading.result() == b"\x07"
    await made.aclose()
