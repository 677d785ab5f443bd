"""Tokens against a router that wants them, with the recorded answers of a real one."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Callable, Mapping, Sequence

import pytest

from bletui.backend import Env
from bletui.backends.cassia.auth import Tokens
from bletui.backends.cassia.native import Answer as RpcAnswer
from bletui.backends.cassia.options import Site
from bletui.backends.cassia.rpc import Rpc
from bletui.errors import Context
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import ScanRequest
from tests.backends.cassia.heard import opened, target_of
from tests.backends.cassia.recorded_router import (
    HTML,
    JSON,
    NO_LINKS,
    Answer,
    Asked,
    RecordedRouter,
    Reply,
    Script,
    Stream,
    data_event,
    json_reply,
    recorded,
    samples,
)

SCAN = "/gap/nodes?event=1"
SECRET = "lab:s3cret-word"
BASIC = base64.b64encode(SECRET.encode()).decode()
FIRST, SECOND = "a" * 64, "b" * 64
EXPIRED = Reply(403, b'{"error":"forbidden","error_description":"Token not found or expired"}', "")


def secret(name: str) -> str:
    assert name == "LAB"
    return SECRET


def token(word: str, life: object = 3600) -> Reply:
    return json_reply({"token_type": "bearer", "access_token": word, "expires_in": life})


def wanting(word: str, then: Answer) -> Callable[[Asked], Answer]:
    return lambda asked: then if asked.headers.get("authorization") == f"Bearer {word}" else EXPIRED


def asked_for_tokens(router: RecordedRouter) -> list[Asked]:
    return [asked for asked in router.asked if asked.path.endswith("/oauth2/token")]


async def test_the_token_is_fetched_once_and_used_everywhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stream = Stream([data_event(event) for event in samples()])
    answers: dict[str, Script] = {
        "/oauth2/token": token(FIRST),
        SCAN: wanting(FIRST, stream),
        "/gap/nodes": wanting(FIRST, NO_LINKS),
    }
    env = Env("lab", secret=secret, speed=10.0)
    async with RecordedRouter(answers) as router, opened(target_of(router.url, key="LAB"), env) as (backend, heard):
        backend.scan(ScanRequest())
        await heard.until_heard(12)
        [asked] = asked_for_tokens(router)
        assert asked.method == "POST"
        assert asked.headers["authorization"] == f"Basic {BASIC}"
        assert json.loads(asked.body) == {"grant_type": "client_credentials"}
        told = repr((backend, heard.events)) + caplog.text
        assert not [word for word in (*SECRET.split(":")[1:], BASIC, FIRST) if word in told]


async def test_an_expired_token_is_fetched_anew_once_and_nobody_notices() -> None:
    answers: dict[str, Script | list[Script]] = {
        "/oauth2/token": [token(FIRST), token(SECOND)],
        SCAN: wanting(SECOND, Stream()),
    }
    env = Env("lab", secret=secret, speed=10.0)
    async with RecordedRouter(answers) as router, opened(target_of(router.url, key="LAB"), env) as (backend, heard):
        backend.scan(ScanRequest())
        await heard.until(lambda: "live" in heard.states)
        assert heard.states == ["opening", "live"]
        assert len(asked_for_tokens(router)) == 2


async def test_a_token_that_is_never_good_is_refused_without_being_told() -> None:
    echo = Reply(403, f'{{"error":"forbidden","error_description":"not {FIRST}"}}'.encode(), JSON)
    env = Env("lab", secret=secret, speed=10.0)
    answers: dict[str, Script] = {"/oauth2/token": token(FIRST), SCAN: echo}
    async with RecordedRouter(answers) as router, opened(target_of(router.url, key="LAB"), env) as (backend, heard):
        backend.scan(ScanRequest())
        await heard.until(lambda: "broken" in heard.states)
        assert heard.streams[-1].failure is not None
        assert heard.streams[-1].failure.kind is ErrorKind.AUTH_REFUSED
        assert heard.streams[-1].failure.retry_class == "user"  # a newer one would be refused too
        assert ("token", "fresh") in heard.streams[-1].failure.evidence
        assert FIRST not in repr(heard.events)
        assert len(router.streams_asked()) == 2


async def fetched(
    reply: Script | Sequence[Script], word: str = SECRET, now: list[float] | None = None
) -> str | Failure:
    """The second of two tokens asked for in a row, or the first failure."""
    seconds = now or [0.0]
    async with RecordedRouter({"/oauth2/token": reply}) as router:
        rpc = Rpc(Site(False, "127.0.0.1", router.port), None, speed=1.0, context=Context)

        def clock() -> float:
            return seconds.pop(0) if len(seconds) > 1 else seconds[0]

        tokens = Tokens(rpc, "LAB", lambda name: word, clock)
        try:
            await tokens.token()
            return await tokens.token()
        except BleError as error:
            return error.failure
        finally:
            await rpc.aclose()


async def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    two = [token(FIRST, 60), token(SECOND, 60)]
    assert await fetched(two, now=[0.0, 49.0]) == FIRST
    assert await fetched(two, now=[0.0, 51.0]) == SECOND
    assert await fetched([token(FIRST, 1e9), token(SECOND)], now=[0.0, 1801.0]) == SECOND  # half an hour at most


@pytest.mark.parametrize("status", [400, 415])
async def test_where_json_is_not_taken_a_form_is_sent_from_then_on(status: int) -> None:
    def granting(asked: Asked) -> Reply:
        if asked.headers["content-type"] != "application/x-www-form-urlencoded":
            return Reply(status, b"grant_type is missing")
        assert asked.body == b"grant_type=client_credentials"
        return token(FIRST, 60)

    answers: dict[str, Script] = {"/oauth2/token": granting}
    async with RecordedRouter(answers) as router:
        rpc = Rpc(Site(False, "127.0.0.1", router.port), None, speed=1.0, context=Context)
        seconds = [0.0]
        tokens = Tokens(rpc, "LAB", secret, lambda: seconds[0])
        assert await tokens.token() == FIRST
        seconds[0] = 100.0
        assert await tokens.token() == FIRST
        await rpc.aclose()
        assert len(asked_for_tokens(router)) == 3  # json, form; form


async def test_calls_that_are_refused_together_fetch_one_new_token() -> None:
    answers: dict[str, Script | list[Script]] = {
        "/oauth2/token": [token(FIRST), token(SECOND)],
        "/x": wanting(SECOND, Reply()),
    }
    async with RecordedRouter(answers) as router:
        rpc = Rpc(Site(False, "127.0.0.1", router.port), None, speed=1.0, context=Context)
        tokens = Tokens(rpc, "LAB", secret, lambda: 0.0)

        async def call(header: Mapping[str, str]) -> RpcAnswer:
            return await rpc.call("GET", "/x", operation="test", header=header)

        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(tokens.using(call)) for _ in range(5)]
        await rpc.aclose()
        assert [one.result().status for one in calls] == [200] * 5
        assert len(asked_for_tokens(router)) == 2


async def test_the_recorded_refusal_of_a_wrong_secret() -> None:
    refused = await fetched(recorded("POST", "/oauth2/token", 401))
    assert isinstance(refused, Failure)
    assert (refused.kind, refused.status, refused.operation) == (ErrorKind.AUTH_REFUSED, 401, "token")
    assert "Client not found" in refused.message


@pytest.mark.parametrize("words", [SECRET, BASIC, SECRET.partition(":")[2]])
async def test_a_secret_that_the_far_side_sends_back_is_taken_out(words: str) -> None:
    refused = await fetched(Reply(401, f"who is {words}?".encode()))
    assert isinstance(refused, Failure)
    assert words not in repr(refused)


@pytest.mark.parametrize(
    "reply",
    [Reply(200, HTML, "text/html"), Reply(200, b"OK"), json_reply({}), json_reply([]), token(""), token("a\r\nX: y")],
)
async def test_a_reply_without_a_token_is_malformed_and_its_body_is_not_kept(reply: Reply) -> None:
    bad = await fetched(reply)
    assert isinstance(bad, Failure)
    assert bad.kind is ErrorKind.DATA_MALFORMED
    assert bad.body == ""


@pytest.mark.parametrize("life", [None, "soon", -5, float("nan")])
async def test_an_odd_life_is_no_obstacle(life: object) -> None:
    assert await fetched([token(FIRST, life)]) == FIRST


async def test_a_credential_of_the_wrong_form_is_not_sent() -> None:
    refused = await fetched(token(FIRST), word="no-colon-here")
    assert isinstance(refused, Failure)
    assert refused.kind is ErrorKind.AUTH_REFUSED
    assert "no-colon-here" not in repr(refused)


async def test_a_missing_credential_is_named() -> None:
    async with RecordedRouter() as router, opened(target_of(router.url, key="LAB")) as (backend, heard):
        backend.scan(ScanRequest())
        await heard.until(lambda: "broken" in heard.states)
        failure = heard.streams[-1].failure
        assert failure is not None
        assert (failure.kind, "'LAB'" in failure.detail) == (ErrorKind.AUTH_REFUSED, True)
