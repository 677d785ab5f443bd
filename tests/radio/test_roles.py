"""Every request and every role, in this process and behind a bridge, against one table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import get_args

import pytest

from bletui.failure import BleError, ErrorKind
from bletui.model import (
    Connect,
    Disconnect,
    Discover,
    LinkChanged,
    ListBonds,
    OpId,
    Owner,
    Pair,
    Peer,
    Read,
    ReadRssi,
    Request,
    Role,
    ScanRequest,
    SetPhy,
    Subscribe,
    Unpair,
    Write,
)
from bletui.radio import Attachment
from bletui.wire import records
from tests.radio.scripted import ScriptedBackend
from tests.radio.test_runner import A, radio

HERE = Peer("a", A)
REQUESTS: dict[Request, Role] = {
    Connect(A): "reader",
    Connect(A, pair=True): "reader",
    Disconnect(A): "reader",
    Discover(A): "reader",
    Read(A, handle=3): "reader",
    Subscribe(A, handle=3, mode="notify"): "reader",
    ReadRssi(A): "reader",
    ListBonds(): "reader",
    Write(A, handle=3, value=b"x"): "operator",
    Pair(A): "operator",
    Unpair(A): "operator",
    SetPhy(A, tx=("2M",)): "operator",
}
CALLS: dict[str, tuple[Role, Callable[[Attachment], Awaitable[object]]]] = {
    "scan": ("reader", lambda seat: seat.scan(ScanRequest())),
    "rescan": ("reader", lambda seat: seat.rescan()),
    "cancel": ("reader", lambda seat: seat.cancel(OpId("me", 1))),
    "promote": ("reader", lambda seat: seat.promote(OpId("me", 1))),
    "retry_now": ("reader", lambda seat: seat.retry_now(OpId("me", 1))),
    "pause": ("reader", lambda seat: seat.pause("a")),
    "resume": ("reader", lambda seat: seat.resume("a")),
    "answer": ("operator", lambda seat: seat.answer(1, None)),
    "adopt": ("operator", lambda seat: seat.adopt(HERE)),
    "history": ("viewer", lambda seat: seat.history(0.0)),
}
RANK: tuple[Role, ...] = ("viewer", "reader", "operator")


@asynccontextmanager
async def seated(role: Role) -> AsyncIterator[tuple[ScriptedBackend, Attachment]]:
    async with radio() as (backend, made, _):
        backend.say(LinkChanged(1.0, HERE, "up"))
        yield backend, await made.attach(Owner("you", role))


async def outcome(call: Awaitable[object]) -> ErrorKind | None:
    try:
        async with asyncio.timeout(5):
            await call
    except BleError as failed:
        return failed.failure.kind
    return None


def test_the_table_has_every_request_and_every_role() -> None:
    assert {type(request) for request in REQUESTS} == set(records.REQUESTS.values())
    assert set(RANK) == set(get_args(Role))


@pytest.mark.parametrize("role", RANK)
@pytest.mark.parametrize(("request_", "needed"), REQUESTS.items(), ids=lambda one: type(one).__name__)
async def test_requests(request_: Request, needed: Role, role: Role) -> None:
    async with seated(role) as (backend, seat):
        allowed = RANK.index(role) >= RANK.index(needed)
        kind = await outcome(seat.perform(request_, deadline=0.0 if isinstance(request_, Pair | Unpair) else None))
        assert (kind is ErrorKind.ACCESS_REFUSED) is not allowed
        if not allowed:
            assert backend.calls == []


@pytest.mark.parametrize("role", RANK)
@pytest.mark.parametrize("name", CALLS)
async def test_calls(name: str, role: Role) -> None:
    needed, call = CALLS[name]
    async with seated(role) as (backend, seat):
        allowed = RANK.index(role) >= RANK.index(needed)
        assert (await outcome(call(seat)) is ErrorKind.ACCESS_REFUSED) is not allowed
        if not allowed:
            assert backend.wishes == []
