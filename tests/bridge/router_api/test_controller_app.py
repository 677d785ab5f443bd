"""Any request at all, straight into an access controller: each gets an answer of the API, none a bug."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api.controller import AccessController
from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.guard import Message
from bletui.bridge.router_api.router import Router
from bletui.bridge.router_api.tokens import Tokens
from bletui.radio import QueuedRadio
from tests.bridge.router_api.controlled import ONE, TWO
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import lane
from tests.bridge.router_api.straight import answered, scope

PATHS = [
    "/cassia/hubs", "/cassia/hubs/x", f"/cassia/hubs/{ONE}", "/cassia/hubStatus", "/ac/ap", "/aps/events", "/bletui",
    "/aps/scan/open", "/aps/scan/close", "/aps/notify/open", "/aps/connection-state/close", "/aps/ap-state/open",
    "/aps/ap-select-switch", "/aps/connections/connect", "/aps/connections/disconnect", "/oauth2/token",
    "/middleware/position/by-device/*", "/middleware/position/by-ap/*", "/gap/nodes", "/gap/batch-connect",
    "/cassia/info",
]  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["*", ONE, "x", "AA:00:00:00:00:01", "1"]),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)
KEYS = [
    "aps",
    "devices",
    "flag",
    "scan_params",
    "chip",
    "active",
    "filter_rssi",
    "filter_mac",
    "timeout",
    "random",
    "list",
]
bodies = st.binary(max_size=20) | st.dictionaries(st.sampled_from(KEYS), values, max_size=4).map(
    lambda given: json.dumps(given).encode()
)


async def answer(asked: dict[str, Any], body: bytes) -> list[Message]:
    radios = [QueuedRadio(LinkedBackend(lane(0, name), devices={"AA:00:00:00:00:01": ()}), name) for name in ("r", "s")]
    feeds = [Feed([radio], speed=1000.0) for radio in radios]
    try:
        routers = [Router(feed, mac=mac, speed=1000.0) for feed, mac in zip(feeds, (ONE, TWO), strict=True)]
        controller = AccessController(routers, Tokens(None))
        for radio, feed in zip(radios, feeds, strict=True):
            await radio.open()
            await feed.open()
        await controller.open()
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(feed.run()) for feed in feeds]
            await asyncio.sleep(0)
            sent = await answered(controller, asked, body)
            assert all(feed.counters(0).streams == 0 for feed in feeds)
            for task in running:
                task.cancel()
    finally:
        for feed, radio in zip(feeds, radios, strict=True):
            await feed.aclose()
            await radio.aclose()
    return sent


@given(
    st.sampled_from(["GET", "POST", "DELETE", "HEAD", "OPTIONS", "X"]),
    st.sampled_from(["/api", "/api/api", ""]),
    st.sampled_from(PATHS) | st.text(max_size=12).map(lambda text: f"/{text}"),
    st.dictionaries(
        st.sampled_from(["mac", "event", "flag", "chip"]), st.sampled_from(["1", "", ONE, "x"]), max_size=3
    ),
    bodies,
)
def test_any_request_is_answered(method: str, prefix: str, path: str, query: dict[str, str], body: bytes) -> None:
    start, *parts = asyncio.run(answer(scope(method, prefix + path, query), body))
    assert start["type"] == "http.response.start"
    assert start["status"] in (200, 202, 400, 401, 404, 500, 504)
    text = b"".join(part.get("body", b"") for part in parts)
    if start["status"] == 500:
        assert text in (b"URL not found", b"parameter invalid", b"device not found", b"operation not supported")
    assert not parts[-1].get("more_body")
