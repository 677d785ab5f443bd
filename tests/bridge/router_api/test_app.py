"""Any request at all, straight into the application: each gets an answer of the API, none a bug."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.guard import Message
from bletui.bridge.router_api.tokens import Tokens
from bletui.radio import QueuedRadio
from tests.bridge.router_api.site import lane
from tests.bridge.router_api.straight import answered, application, scope
from tests.tiny import TinyBackend

SECRET = "correct-horse-battery"
PATHS = [
    "/gap/nodes", "/cassia/info", "/management/nodes/connection-state", "/gatt/nodes", "/oauth2/token", "/gap/rssi",
    "/gap/btaddr", "/gap/batch-connect", "/gatt/nodes/rate", "/advertise/start", "/cassia/login", "/gap/link-track",
    "/gap/connection", "/gap/connection/interference", "/gap/nodes/AA:00:00:00:00:01/connection",
    "/management/nodes/AA:00:00:00:00:01/pair",
]  # fmt: skip
PARAMETERS = [
    "event", "active", "chip", "filter_rssi", "filter_mac", "filter_name", "filter_uuid", "filter_value", "phy",
    "filter_duplicates", "connectable", "report_interval", "timestamp", "beacon", "sequence", "access_token",
    "connection_state", "mac",
]  # fmt: skip
words = st.text(max_size=8) | st.sampled_from(["0", "1", "1000", "-70", "*", "all", "connected", '{"data":"0102"}'])
paths = (st.sampled_from(PATHS) | st.text(max_size=12).map(lambda text: f"/{text}")).flatmap(
    lambda path: st.sampled_from([path, f"{path}/", f"{path}//"])
)
headers = st.dictionaries(
    st.sampled_from(["authorization", "origin", "sec-fetch-site", "content-type"]), words, max_size=2
)


async def answer(asked: dict[str, Any], body: bytes, *, secret: str | None) -> list[Message]:
    radio = QueuedRadio(TinyBackend(lane(0)), "r")
    await radio.open()
    feed = Feed([radio])
    await feed.open()
    try:
        sent = await answered(application(feed, Tokens(secret) if secret else None), asked, body)
        assert feed.counters(0).streams == 0
    finally:
        await feed.aclose()
        await radio.aclose()
    return sent


@given(
    st.sampled_from(["GET", "POST", "DELETE", "HEAD", "OPTIONS", "X"]),
    paths,
    st.lists(st.tuples(st.sampled_from(PARAMETERS) | words, words), max_size=4),
    headers,
    st.binary(max_size=40) | st.sampled_from([b"type=random&timeout=200", b"chip=9", b'{"type":null}', b"list=1"]),
    st.sampled_from([None, SECRET]),
)
def test_any_request_is_answered_in_the_routers_words(
    method: str, path: str, query: list[tuple[str, str]], given_headers: dict[str, str], body: bytes, secret: str | None
) -> None:
    start, *bodies = asyncio.run(answer(scope(method, path, query, given_headers), body, secret=secret))
    assert start["type"] == "http.response.start"
    assert start["status"] in (200, 400, 401, 403, 500)
    assert all(0x20 <= byte < 0x7F for _, value in start["headers"] for byte in value)
    text = b"".join(part.get("body", b"") for part in bodies)
    if start["status"] == 500:
        assert text in (b"URL not found", b"parameter invalid", b"chip is not ready", b"operation not supported")
    assert not bodies[-1].get("more_body")
