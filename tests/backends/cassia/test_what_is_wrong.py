"""Wrong credentials, router, path and address: each has its kind, and a first remedy that says which it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from bletui.backend import Env
from bletui.backends.cassia import open_target
from bletui.errors.rules import remedies
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.model import LaneChanged, StreamChanged
from bletui.target import parse
from tests.backends.cassia.heard import Heard, opened, target_of
from tests.backends.cassia.recorded_controller import FIRST, FORGOTTEN, GONE, THIRD
from tests.backends.cassia.recorded_router import NO_LINKS, RecordedRouter, Reply, Script, recorded
from tests.backends.cassia.three_routers import secret, three

UNKNOWN = "CC:1B:E0:E0:00:09"
REFUSED = recorded("POST", "/oauth2/token", 401)
NOT_KNOWN = dict.fromkeys(("/cassia/hubs", "/ac/ap"), FORGOTTEN)
NO_TOKEN = recorded("GET", "/aps/ap-state/close", 403)


def list_failure(heard: Heard) -> Failure | None:
    """Why there are no routers."""
    told = [one.failure for one in heard.of(StreamChanged) if one.stream == "routers" and one.failure]
    return told[-1] if told else None


def lane_failure(heard: Heard) -> Failure | None:
    """Why the last lane told of can't be used."""
    told = [one.lane.usable for one in heard.of(LaneChanged) if one.lane.usable]
    return told[-1] if told else None


async def first_remedy(
    query: str,
    answers: Mapping[str, Script],
    of: Callable[[Heard], Failure | None],
    key: str = "AC",
    path: str = "/api",
) -> tuple[Failure, str]:
    async with RecordedRouter({**three(THIRD).answers(), **answers}) as server:
        target = target_of(f"{server.url}{path}", query, key)
        async with opened(target, Env("lab", secret=secret)) as (_, heard):
            await heard.until(lambda: of(heard) is not None)
            failure = of(heard)
            assert failure is not None
            return failure, remedies(failure)[0].text


@pytest.mark.parametrize(
    ("query", "answers", "kind", "words"),
    [
        ("", {"/oauth2/token": REFUSED}, ErrorKind.AUTH_REFUSED, "no such key and secret"),
        ("", NOT_KNOWN, ErrorKind.AUTH_REFUSED, "it is a right that is missing"),
        ("", {"/oauth2/token": GONE}, ErrorKind.ROUTER_CONFIG, "wrong prefix"),
        ("", dict.fromkeys(("/cassia/hubs", "/ac/ap"), Reply(502, b"")), ErrorKind.ROUTER_UNAVAILABLE, "cannot reach"),
    ],
)
async def test_what_keeps_every_router_away(
    query: str, answers: Mapping[str, Script], kind: ErrorKind, words: str
) -> None:
    failure, remedy = await first_remedy(query, answers, list_failure)
    assert failure.kind is kind
    assert words in remedy


async def test_no_credential_is_named() -> None:
    failure, remedy = await first_remedy("", {"/cassia/hubs": NO_TOKEN, "/ac/ap": NO_TOKEN}, list_failure, key="")
    assert failure.kind is ErrorKind.AUTH_REFUSED
    assert "Name a credential in the target" in remedy


async def test_a_path_that_is_none() -> None:
    failure, remedy = await first_remedy("router=*", {"/wrong/oauth2/token": GONE}, list_failure, path="/wrong")
    assert failure.kind is ErrorKind.ROUTER_CONFIG
    assert "wrong prefix" in remedy


async def test_a_router_that_the_controller_does_not_know() -> None:
    failure, remedy = await first_remedy(f"router={UNKNOWN}", {}, lane_failure)
    assert (failure.kind, failure.router) == (ErrorKind.REQUEST_INVALID, UNKNOWN)
    assert "Check router=" in remedy


async def test_a_router_that_the_controller_can_not_reach() -> None:
    failure, remedy = await first_remedy(f"router={THIRD}", {}, lane_failure)
    assert (failure.kind, failure.router) == (ErrorKind.ROUTER_UNAVAILABLE, THIRD)
    assert remedy == f"The controller cannot reach {THIRD}: check its power and uplink on site"


async def test_a_router_whose_calls_are_not_passed_on() -> None:
    failure, remedy = await first_remedy(f"router={FIRST}", {"/gap/nodes": Reply(504, b"", "")}, lane_failure)
    assert (failure.kind, failure.status, failure.router) == (ErrorKind.ROUTER_UNAVAILABLE, 504, FIRST)
    assert FIRST in remedy


async def test_a_controller_taken_for_a_router() -> None:
    """Without /api and router= it is asked as a router would be."""
    answers = {"/gap/nodes": recorded("GET", "/gap/nodes", 400), "/cassia/info": NO_LINKS}
    failure, remedy = await first_remedy("", answers, lane_failure, path="")
    assert (failure.kind, failure.message) == (ErrorKind.REQUEST_INVALID, "router's mac is invalid")
    assert "Check router=" in remedy


@pytest.mark.parametrize("router", ["hall", "CC:1B:E0", "CC:1B:E0:E0:00:01;x"])
def test_a_router_that_is_no_address_is_refused_before_anything_is_sent(router: str) -> None:
    with pytest.raises(BleError) as refused:
        open_target(parse(f"cassia+https://AC@ac.example/api?router={router}"), Env("lab"))
    failure = refused.value.failure
    assert failure.kind is ErrorKind.REQUEST_INVALID
    assert failure.detail.startswith("router=")
    assert "Check router=" in remedies(failure)[0].text
