"""Single calls: what is repeated, what is bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bletui.backends.cassia.native import ANSWER_MAX
from bletui.backends.cassia.options import Site
from bletui.backends.cassia.rpc import Rpc
from bletui.errors import Context
from bletui.failure import BleError
from bletui.kinds import ErrorKind
from tests.backends.cassia.recorded_router import Raw, RecordedRouter, Reply, Script


@asynccontextmanager
async def calling(script: Script | Sequence[Script], path: str = "") -> AsyncIterator[tuple[Rpc, RecordedRouter]]:
    async with RecordedRouter({"/x": script}) as router:
        rpc = Rpc(Site(False, "127.0.0.1", router.port, path), None, speed=20.0, context=Context)
        try:
            yield rpc, router
        finally:
            await rpc.aclose()


async def test_connections_are_kept_and_one_that_was_closed_is_replaced() -> None:
    async with calling([Reply(200, b"one"), Raw(), Reply(200, b"two")]) as (rpc, router):
        assert (await rpc.call("GET", "/x", operation="test")).body == b"one"
        assert (await rpc.call("GET", "/x", operation="test")).body == b"two"
        assert len(router.asked) == 3


async def test_a_call_that_changes_something_is_never_repeated() -> None:
    async with calling([Raw(), Reply()]) as (rpc, router):
        with pytest.raises(BleError) as cut:
            await rpc.call("POST", "/x", operation="connect", body={"type": "public"})
        assert cut.value.failure.kind is ErrorKind.NET_CLOSED
        assert len(router.asked) == 1
        assert router.asked[0].body == b'{"type": "public"}'


async def test_a_read_is_repeated_once_only() -> None:
    async with calling(Raw()) as (rpc, router):
        with pytest.raises(BleError):
            await rpc.call("GET", "/x", operation="test")
        assert len(router.asked) == 2


async def test_an_answer_is_bounded() -> None:
    async with calling(Reply(200, b"x" * (20 * ANSWER_MAX))) as (rpc, _):
        answer = await rpc.call("GET", "/x", operation="test")
        assert ANSWER_MAX <= len(answer.body) <= 2 * ANSWER_MAX


async def test_parameters_and_paths_are_encoded() -> None:
    async with calling(Reply()) as (rpc, router):
        await rpc.call("GET", "/x", operation="test", params={"filter_value": '{"data":"01"}', "name": "a&b=ü %"})
        assert router.asked[0].query == {"filter_value": '{"data":"01"}', "name": "a&b=ü %"}
    async with calling(Reply(), path="/api") as (rpc, router):
        await rpc.call("GET", "/x", operation="test")
        assert router.asked[0].path == "/api/x"
        assert router.asked[0].headers["host"] == f"127.0.0.1:{router.port}"


async def test_a_silent_router_is_a_time_out() -> None:
    async with calling(Raw(hold=True)) as (rpc, _):
        with pytest.raises(BleError) as late:
            await rpc.call("GET", "/x", operation="test")
        assert late.value.failure.kind is ErrorKind.NET_TIMEOUT


async def test_an_address_in_brackets_is_named_in_brackets() -> None:
    assert Site(False, "::1", 8080).authority == "[::1]:8080"
    async with calling(Reply(429, b"slow down", "text/plain", (("Retry-After", "7"),))) as (rpc, _):
        with pytest.raises(BleError) as busy:
            await rpc.call("GET", "/x", operation="test")
        assert (busy.value.failure.kind, busy.value.failure.retry_after) == (ErrorKind.BUSY_CAPACITY, 7.0)


async def test_what_breaks_below_is_told_as_httpx_tells_it_with_its_cause() -> None:
    async with calling(Reply()) as (rpc, router):
        await router.stop()
        with pytest.raises(BleError) as refused:
            await rpc.call("GET", "/x", operation="test")
        failure = refused.value.failure
        assert failure.kind is ErrorKind.NET_REFUSED
        assert [cause.partition(":")[0] for cause in failure.causes[:2]] == [
            "httpx.ConnectError",
            "httpcore.ConnectError",
        ]
        assert dict(failure.evidence)["port"] == str(router.port)


async def test_a_call_that_must_not_be_repeated_is_not() -> None:
    async with calling([Raw(), Reply()]) as (rpc, router):
        with pytest.raises(BleError):
            await rpc.call("GET", "/x", operation="write", repeatable=False)
        assert len(router.asked) == 1
