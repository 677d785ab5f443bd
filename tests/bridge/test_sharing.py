"""Several owners at one radio, several radios behind one bridge."""

from __future__ import annotations

import asyncio
import gc
import os
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bletui import __version__
from bletui.bridge import peers
from bletui.bridge.dialling import once
from bletui.bridge.places import Place
from bletui.bridge.protocol import messages as m
from bletui.bridge.server import Bridge
from bletui.failure import BleError, ErrorKind
from bletui.model import (
    Advertisement,
    Connect,
    Disconnect,
    Lane,
    LinkChanged,
    ListBonds,
    Owner,
    Peer,
    Prompt,
    Read,
    ScanRequest,
)
from bletui.radio import QueuedRadio
from tests.bridge.raw import Raw
from tests.bridge.running import bridge, remote, seats
from tests.failing import failure_of
from tests.radio.asking import Asking
from tests.radio.playing import A, B, forever
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

HERE = Peer("a", A)
Lines = list[tuple[str, dict[str, object]]]


@asynccontextmanager
async def shared(*backends: ScriptedBackend) -> AsyncIterator[tuple[Bridge, Path, Lines]]:
    radios = [QueuedRadio(backend, f"r{n}") for n, backend in enumerate(backends)]
    for radio in radios:
        await radio.open()
    lines: Lines = []
    async with (
        asyncio.timeout(20),
        bridge(*radios, record=lambda event, **facts: lines.append((event, facts))) as (made, socket),
    ):
        yield made, socket, lines
    for radio in radios:
        await radio.aclose()


async def test_a_link_that_two_asked_for_is_ended_only_by_force_and_that_is_logged() -> None:
    backend = ScriptedBackend()
    async with shared(backend) as (_, socket, lines):
        far = remote(socket)
        me, you = await far.attach(Owner("me")), await far.attach(Owner("you"))
        await me.connect(A)
        await you.connect(A)  # the same link, which was up already
        assert {owner: seat.links for owner, seat in (await seats(socket)).items()} == {"me": (HERE,), "you": (HERE,)}
        viewer = await far.attach(Owner("viewer", "viewer"))
        for seat in (me, viewer):
            await failure_of(seat.perform(Disconnect(A)))
        await failure_of(viewer.perform(Disconnect(A, force=True)))
        assert [event for event, _ in lines if event == "link taken over"] == []
        await me.perform(Disconnect(A, force=True))
        assert [facts["of"] for event, facts in lines if event == "link taken over"] == ["you"]
        assert {owner: seat.links for owner, seat in (await seats(socket)).items()} == dict.fromkeys(
            ("me", "you", "viewer"), ()
        )
        await far.aclose()


async def test_who_is_there_is_told_with_what_they_do() -> None:
    async with shared(ScriptedBackend()) as (made, socket, _):
        far = remote(socket)
        me = await far.attach(Owner("me"))
        await me.scan(ScanRequest())
        await far.attach(Owner("looker", "viewer"))
        gone = await far.attach(Owner("gone"))
        await gone.detach(keep=True)
        told = await seats(socket)
        assert {(seat.owner, seat.role, seat.scanning, seat.client is None) for seat in told.values()} == {
            ("me", "operator", True, False),
            ("looker", "viewer", False, False),
            ("gone", "operator", False, True),
        }
        user = peers.user_name(os.getuid())
        assert [(seat.user, made.started <= seat.since <= made.wall()) for seat in told.values()] == [(user, True)] * 3
        assert {seat.client for seat in told.values()} == {f"bletui {__version__}", None}
        raw = await Raw.to(socket)
        await raw.seated("nameless")
        assert (await seats(socket))["nameless"].client == f"{socket}#5"
        raw.writer.close()
        status = await once(Place(socket=socket), "asks", m.AskStatus(), "test")
        assert isinstance(status, m.Status)
        assert (status.epoch, status.seq, dict(status.counts)["clients"]) == (made.epoch, made.fanout.seq, 7)
        assert (status.pid, status.started, status.listens) == (os.getpid(), made.started, (str(socket),))
        await far.aclose()


async def test_who_has_how_much_under_way_is_told() -> None:
    backend = ScriptedBackend()
    async with shared(backend) as (_, socket, _lines), asyncio.TaskGroup() as group:
        far = remote(socket)
        me, you = await far.attach(Owner("me")), await far.attach(Owner("you"))
        await you.connect(A)
        await me.perform(Read(A, handle=1))
        backend.script[B] = [forever]
        asked = group.create_task(me.perform(Connect(B)))
        await until(lambda: len(backend.calls) == 3)
        told = await seats(socket)
        assert {owner: seat.operations for owner, seat in told.items()} == {"me": 1, "you": 0}
        await you.detach(keep=True)
        for nobody in ("nobody", "you"):
            with pytest.raises(BleError) as refused:
                await once(Place(socket=socket), "asks", m.Part(nobody), "test")
            assert refused.value.failure.detail == f"nobody sits at {nobody}"
        asked.cancel()
        await asyncio.wait([asked])
        await far.aclose()


async def test_an_operator_parts_with_a_client_and_a_viewer_may_not() -> None:
    async with shared(ScriptedBackend()) as (_, socket, lines):
        far = remote(socket)
        me = await far.attach(Owner("me"))
        with pytest.raises(BleError) as refused:
            await once(Place(socket=socket, role="viewer"), "asks", m.Part("me"), "test")
        assert refused.value.failure.kind is ErrorKind.ACCESS_REFUSED
        await once(Place(socket=socket), "asks", m.Part("me"), "test")
        with pytest.raises(BleError) as parted:
            async for _batch in me.events():
                pass
        assert "parted by asks" in parted.value.failure.detail
        assert [facts["owner"] for event, facts in lines if event == "parted"] == ["me"]
        await far.aclose()


@pytest.mark.parametrize("name", ["bridge", "radio", "router-api"])
async def test_nobody_sits_under_a_name_of_the_bridges_own(name: str) -> None:
    """Operations and wishes go by the owner's name: a client called `radio` could end what the radio does by itself."""
    async with shared(ScriptedBackend()) as (_, socket, _lines):
        far = remote(socket)
        seat = await far.attach(Owner(name))
        assert seat.owner.id == f"{name}-2"
        for take in ("exactly", "over"):
            with pytest.raises(BleError) as refused:
                await remote(socket, take=take).attach(Owner(name))
            assert refused.value.failure.kind is ErrorKind.BUSY_CAPACITY
            assert refused.value.failure.detail == f"{name} is the bridge's own"
        await far.aclose()


async def test_a_seat_that_an_operator_left_is_not_a_viewers_to_find() -> None:
    async with shared(ScriptedBackend()) as (made, socket, _):
        left = await remote(socket).attach(Owner("me"))
        await left.connect(A)
        await left.detach(keep=True)
        await until(lambda: not made.clients())
        viewer = await remote(socket, role="viewer").attach(Owner("me"))
        assert viewer.owner == Owner("me-2", "viewer")
        back = await remote(socket).attach(Owner("me"))
        assert back.owner == Owner("me")
        assert back.snapshot.links[Peer("a", A)].holders == ("me",)
        await viewer.detach(keep=False)
        await back.detach(keep=False)


async def test_a_target_asks_for_no_more_than_who_opens_it_wants() -> None:
    async with shared(ScriptedBackend()) as (_, socket, _):
        seat = await remote(socket, role="operator").attach(Owner("me", "reader"))
        assert seat.owner.role == "reader"
        await seat.detach(keep=False)


async def test_a_bridge_does_not_serve_a_bridge() -> None:
    async with shared(ScriptedBackend()) as (_, socket, _lines):
        with pytest.raises(BleError) as refused:
            Bridge([remote(socket)])
        assert refused.value.failure.kind is ErrorKind.OP_UNSUPPORTED
        assert "goes there" in refused.value.failure.detail


async def test_two_radios_are_one_with_all_their_lanes() -> None:
    first, second = ScriptedBackend(Lane("r0/a")), ScriptedBackend(Lane("r1/b"))
    async with shared(first, second) as (made, socket, _):
        far = remote(socket)
        me = await far.attach(Owner("me"))
        assert set(me.snapshot.lanes) == {"r0/a", "r1/b"}
        second.say(Advertisement(2.0, "r1/b", B, "random", -40))
        first.say(Advertisement(2.0, "r0/a", B, "random", -90))
        await until(lambda: made.fanout.folding.last("r1/b", B) and made.fanout.folding.last("r0/a", B))
        assert await me.connect(B, lane=None) == Peer("r1/b", B)  # where it is heard best
        assert await me.perform(Connect(A, "r0/a")) == Peer("r0/a", A)
        assert await me.perform(Read(B, handle=5)) == b"\x05"  # where its link is
        assert [call[0] for call in second.calls] == ["connect", "read"]
        await me.scan(ScanRequest(lanes=("r1/b",)))
        assert (first.wishes, second.wishes) == ([], [ScanRequest(lanes=("r1/b",))])
        await me.pause("r1/b")
        with pytest.raises(BleError) as nowhere:
            await me.pause("r2/c")
        assert nowhere.value.failure.kind is ErrorKind.REQUEST_INVALID
        bonds = await failure_of(me.perform(ListBonds()))
        assert bonds.kind is ErrorKind.OP_UNSUPPORTED
        await far.aclose()


async def test_prompts_of_two_radios_are_told_apart() -> None:
    first, second = Asking(), Asking()
    async with shared(first, second) as (made, socket, _):
        for backend in (first, second):
            backend.say(LinkChanged(1.0, HERE, "up"), Prompt(2.0, 7, HERE, "confirm", made.wall() + 30))
        made.fanout.flush()
        far = remote(socket)
        me = await far.attach(Owner("me"))
        mine = sorted(me.snapshot.prompts)
        assert len(mine) == 2
        await me.answer(mine[1], "yes")
        assert (first.answers, second.answers) == ([], [(7, "yes")])
        await far.aclose()


@pytest.mark.parametrize("keep", [True, False])
async def test_a_seat_that_was_left_is_not_held_on_to(keep: bool) -> None:
    async with asyncio.timeout(10), shared(ScriptedBackend()) as (_, socket, _):
        radio = remote(socket)
        seat = await radio.attach(Owner("one"))
        left = weakref.ref(seat)
        await seat.detach(keep=keep)
        del seat
        await radio.attach(Owner("two"))
        gc.collect()
        assert left() is None
        await radio.aclose()
