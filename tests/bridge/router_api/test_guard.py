"""The guard by itself: plain ASGI in, plain ASGI out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bletui.bridge.router_api.guard import Allowed, App, Message, OriginGuard, Receive, Scope, Send, TokenGuard
from bletui.bridge.router_api.tokens import Tokens
from bletui.failure import BleError, ErrorKind

SECRET = "correct-horse-battery"
PAGE = "https://tools.example"


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"in"})


async def answer(
    app: App, *headers: tuple[str, str], method: str = "GET", path: str = "/gap/nodes", query: str = ""
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw,
    }  # fmt: skip
    await app(scope, receive, send)
    start, body = sent
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


LOOPBACK = Allowed(frozenset({"localhost", "bench"}), origins=frozenset({PAGE}))
EXPOSED = Allowed(frozenset({"bridge.example"}), addresses=True)

HOSTS = [
    (LOOPBACK, "127.0.0.1:8080", True),
    (LOOPBACK, "127.0.0.1", True),
    (LOOPBACK, "127.8.9.1:80", True),
    (LOOPBACK, "localhost:9000", True),
    (LOOPBACK, "LOCALHOST", True),
    (LOOPBACK, "[::1]:8080", True),
    (LOOPBACK, "bench:1", True),
    (LOOPBACK, "192.168.1.20:8080", False),
    (LOOPBACK, "[2001:db8::1]", False),
    (LOOPBACK, "evil.example:8080", False),
    (LOOPBACK, "localhost.evil.example", False),
    (LOOPBACK, "127.0.0.1.evil.example", False),
    (LOOPBACK, "evil.example@localhost", False),
    (LOOPBACK, "localhost:8080@evil.example", False),
    (LOOPBACK, "127.1", False),
    (LOOPBACK, "0x7f000001", False),
    (LOOPBACK, "localhost:99999999", False),
    (LOOPBACK, "localhost/..", False),
    (LOOPBACK, "[::1", False),
    (LOOPBACK, "::1", False),
    (LOOPBACK, "", False),
    (LOOPBACK, "loc\xe4lhost", False),
    (EXPOSED, "192.168.1.20:8443", True),
    (EXPOSED, "bridge.example", True),
    (EXPOSED, "evil.example", False),
    (EXPOSED, "localhost", False),
]


@pytest.mark.parametrize(("allowed", "host", "ours"), HOSTS)
async def test_only_our_own_hosts_are_served(allowed: Allowed, host: str, *, ours: bool) -> None:
    status, headers, body = await answer(OriginGuard(inner, allowed), ("host", host))
    assert (status, body) == ((200, b"in") if ours else (403, b"host not allowed"))
    if not ours:
        assert headers["bletui-detail"] == "--allow-host lists names"


async def test_no_host_and_two_hosts_are_refused() -> None:
    app = OriginGuard(inner, LOOPBACK)
    assert (await answer(app))[0] == 403
    assert (await answer(app, ("host", "localhost"), ("host", "localhost")))[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:8080", PAGE.upper(), f"{PAGE}/"])
async def test_an_origin_that_is_not_listed_is_refused(origin: str) -> None:
    status, headers, body = await answer(OriginGuard(inner, LOOPBACK), ("host", "localhost"), ("origin", origin))
    assert (status, body) == (403, b"origin not allowed")
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("site", "status"), [("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403), ("odd", 403)]
)
async def test_a_fetch_from_another_site_is_refused(site: str, status: int) -> None:
    got = await answer(OriginGuard(inner, LOOPBACK), ("host", "localhost"), ("sec-fetch-site", site))
    assert got[0] == status


async def test_a_listed_origin_is_answered_so_that_its_page_may_read() -> None:
    page = (("host", "localhost"), ("origin", PAGE), ("sec-fetch-site", "cross-site"))
    status, headers, body = await answer(OriginGuard(inner, LOOPBACK), *page)
    assert (status, body) == (200, b"in")
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["vary"] == "Origin"
    status, headers, _ = await answer(OriginGuard(inner, LOOPBACK), *page, method="OPTIONS")
    assert status == 204
    assert "Authorization" in headers["access-control-allow-headers"]


async def test_a_listed_origin_does_not_excuse_a_foreign_host_or_a_second_origin() -> None:
    app = OriginGuard(inner, LOOPBACK)
    assert (await answer(app, ("host", "evil.example"), ("origin", PAGE)))[0] == 403
    assert (await answer(app, ("host", "localhost"), ("origin", PAGE), ("origin", "https://evil.example")))[0] == 403


@pytest.mark.parametrize("name", ["bridge.example:8443", "Bridge.example", "http://bridge", "*", ""])
def test_a_host_that_no_header_could_name_is_refused_at_once(name: str) -> None:
    with pytest.raises(BleError, match="is not a host"):
        Allowed(frozenset({name}))


@pytest.mark.parametrize("origin", ["tools.example", f"{PAGE}/", PAGE.upper(), "*", "null", f"{PAGE}/page"])
def test_an_origin_that_no_header_could_carry_is_refused_at_once(origin: str) -> None:
    with pytest.raises(BleError, match="is not an origin"):
        Allowed(origins=frozenset({origin}))


DENIED = [
    ((), "", "access_denied", "Wrong authorization header"),
    ((("authorization", "Bearer "),), "", "access_denied", "Wrong authorization header"),
    ((("authorization", f"Basic {SECRET}"),), "", "access_denied", "Wrong authorization header"),
    ((("authorization", "Bearer wrong"),), "", "forbidden", "Token not found or expired"),
    ((), "access_token=wrong", "forbidden", "Token not found or expired"),
    ((("authorization", "Bearer wrong"),), f"access_token={SECRET}", "forbidden", "Token not found or expired"),
]


@pytest.mark.parametrize(("headers", "query", "error", "words"), DENIED)
async def test_without_a_token_the_routers_refusal(
    headers: tuple[tuple[str, str], ...], query: str, error: str, words: str
) -> None:
    status, told, body = await answer(TokenGuard(inner, Tokens(SECRET)), *headers, query=query)
    assert status == 403
    assert "content-type" not in told
    assert json.loads(body) == {"error": error, "error_description": words}


async def test_a_token_in_the_header_or_in_the_query_lets_through() -> None:
    tokens = Tokens(SECRET)
    app = TokenGuard(inner, tokens)
    assert (await answer(app, ("authorization", f"Bearer {SECRET}")))[0] == 200
    assert (await answer(app, ("authorization", f"bearer {tokens.issue()}")))[0] == 200
    assert (await answer(app, query=f"event=1&access_token={SECRET}"))[0] == 200


async def test_only_the_request_for_a_token_needs_none() -> None:
    app = TokenGuard(inner, Tokens(SECRET))
    assert (await answer(app, method="POST", path="/oauth2/token"))[0] == 200
    assert (await answer(app, method="POST", path="/oauth2/token/"))[0] == 200
    assert (await answer(app, path="/oauth2/token"))[0] == 403
    assert (await answer(app, method="POST", path="/oauth2/token/x"))[0] == 403


TURNED_AWAY = [
    ((("host", "evil.example"),), "access.refused", "host not allowed: evil.example"),
    ((), "access.refused", "host not allowed: none given"),
    ((("host", "localhost"), ("origin", "null")), "access.refused", "origin not allowed: null"),
    ((("host", "localhost"), ("sec-fetch-site", "cross-site")), "access.refused", "cross-site request: cross-site"),
    (
        (("host", "localhost"), ("content-length", "1"), ("transfer-encoding", "chunked")),
        "data.malformed",
        "a request of two lengths",
    ),
    ((("host", "localhost"),), "auth.refused", "Wrong authorization header"),
    ((("host", "localhost"), ("authorization", "Bearer x")), "auth.refused", "Token not found or expired"),
]


@pytest.mark.parametrize(("headers", "kind", "why"), TURNED_AWAY)
async def test_whoever_is_turned_away_is_told_of(headers: tuple[tuple[str, str], ...], kind: str, why: str) -> None:
    told: list[tuple[str, str, str]] = []

    def refused(client: str, what: ErrorKind, words: str) -> None:
        told.append((client, what.value, words))

    app = OriginGuard(TokenGuard(inner, Tokens(SECRET), refused=refused), LOOPBACK, refused)
    await answer(app, *headers)
    assert told == [("router-api ?:0", kind, why)]
    await answer(app, ("host", "localhost"), ("authorization", f"Bearer {SECRET}"))
    assert len(told) == 1
