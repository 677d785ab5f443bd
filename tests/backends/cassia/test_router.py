"""Calls to one of the routers behind an access controller."""

from __future__ import annotations

import asyncio

import pytest

from bletui.backends.cassia.rpc import CONNECTIONS
from bletui.failure import BleError
from bletui.kinds import ErrorKind
from bletui.model import Peer, ScanRequest
from tests.backends.cassia.recorded_controller import (
    DEVICES,
    FIRST,
    NAME,
    NOTIFYING,
    SECOND,
    THIRD,
    UNREACHABLE,
)
from tests.backends.cassia.recorded_router import Raw, Reply, recorded
from tests.backends.cassia.three_routers import site, three


async def test_calls_name_the_router_of_their_lane() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
        peer = await at.connect(SECOND)
        assert peer == Peer(at.lane(SECOND), DEVICES[SECOND])
        await at.backend.discover(peer, refresh=False, within=5)
        assert await at.backend.read(peer, NAME, within=5) == b"AB"
        await at.backend.disconnect(peer, within=5)
        calls = [one for one in at.server.asked if DEVICES[SECOND] in one.path]
        assert len(calls) == 4
        assert {one.query["mac"] for one in calls} == {SECOND}
        assert {one.path[:5] for one in at.server.asked} == {"/api/"}
        assert [(link.peer, link.state) for link in at.heard.links] == [(peer, "up"), (peer, "down")]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (UNREACHABLE, ErrorKind.ROUTER_UNAVAILABLE),
        (Reply(502, b"", ""), ErrorKind.ROUTER_UNAVAILABLE),
        (recorded("GET", "/gap/nodes", 400), ErrorKind.REQUEST_INVALID),
    ],
)
async def test_what_the_controller_says_of_a_router_in_a_call(reply: Reply, kind: ErrorKind) -> None:
    path = f"/gatt/nodes/{DEVICES[FIRST]}/handle/{NAME}/value"
    async with site(answers={path: reply, f"{path}/01": reply}) as at:
        await at.ready(FIRST)
        peer = await at.connect(FIRST)
        for call in (
            at.backend.read(peer, NAME, within=5),
            at.backend.write(peer, NAME, b"\x01", response=True, within=5),
        ):
            with pytest.raises(BleError) as failed:
                await call
            failure = failed.value.failure
            assert (failure.kind, failure.router, failure.lane, failure.status) == (
                kind,
                FIRST,
                peer.lane,
                reply.status,
            )
        assert failure.outcome_unknown is (reply.status == 504)


async def test_a_connect_that_the_controller_gave_up_is_taken_back_at_that_router() -> None:
    path = f"/gap/nodes/{DEVICES[SECOND]}/connection"
    async with site(answers={path: [UNREACHABLE, UNREACHABLE, Raw(hold=True), Reply()]}) as at:
        await at.ready(SECOND)
        with pytest.raises(BleError) as failed:
            await at.connect(SECOND)
        assert (failed.value.failure.kind, failed.value.failure.outcome_unknown) == (ErrorKind.ROUTER_UNAVAILABLE, True)
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(at.connect(SECOND))
            await at.server.until(lambda: len(at.asked(path)) == 3)
            connecting.cancel()
        asked = at.asked(path)
        assert [one.method for one in asked] == ["POST", "DELETE", "POST", "DELETE"]
        assert {one.query["mac"] for one in asked} == {SECOND}


async def test_a_router_that_is_known_to_be_offline_is_not_asked() -> None:
    async with site(three(SECOND)) as at:
        await at.ready(FIRST, THIRD)
        with pytest.raises(BleError) as refused:
            await at.connect(SECOND)
        failure = refused.value.failure
        assert (failure.kind, failure.router) == (ErrorKind.ROUTER_UNAVAILABLE, SECOND)
        assert (failure.operation, failure.lane) == ("connect", at.lane(SECOND))
        assert not [one for one in at.server.asked if DEVICES[SECOND] in one.path]


async def test_a_call_finds_a_connection_however_many_are_under_way() -> None:
    """Nine streams are open, and twice as many reads hang as a router alone is given connections."""
    path = f"/gatt/nodes/{DEVICES[FIRST]}/handle/{NAME}/value"
    async with site(three(combined=False), {path: Raw(hold=True)}) as at:
        at.backend.scan(ScanRequest())
        await at.heard.until(lambda: all(at.state(mac, "scan") == "live" for mac in DEVICES))
        await at.ready(FIRST, SECOND, THIRD)
        peer = await at.connect(FIRST)
        await at.backend.subscribe(peer, NOTIFYING, mode="notify", within=5)
        async with asyncio.TaskGroup() as group:
            hanging = [group.create_task(at.backend.read(peer, NAME, within=30)) for _ in range(2 * CONNECTIONS)]
            await at.server.until(lambda: len(at.asked("/value", "GET")) >= 2 * CONNECTIONS)
            await at.connect(SECOND)
            for one in hanging:
                one.cancel()


async def test_wrong_arguments_are_refused_before_anything_is_sent() -> None:
    async with site() as at:
        await at.ready(FIRST, SECOND, THIRD)
        before = len(at.server.asked)
        for lane, words in (
            (None, "lane=None"),
            ("lab/CC:1B:E0:E0:00:09/0", "lane=lab/CC"),
            (f"lab/{FIRST}/9", "lane=lab"),
        ):
            with pytest.raises(BleError) as refused:
                await at.backend.connect(DEVICES[FIRST], lane=lane, address_type=None, pair=False, within=5)
            assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
            assert refused.value.failure.detail.startswith(words)
        assert len(at.server.asked) == before
