"""A client that leaves in the middle of its own request is nobody's mistake."""

from __future__ import annotations

import pytest

from bletui.bridge.router_api.app import application
from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.guard import Allowed, Message

PATHS = (
    ("POST", "/gap/nodes/C0:DE:1A:B0:00:04/connection"),
    ("POST", "/management/nodes/C0:DE:1A:B0:00:04/pair"),
)


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_whoever_leaves_before_the_body_has_come_is_let_go(method: str, path: str) -> None:
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-length", b"20")],
    }
    await application(Feed([]), allowed=Allowed())(scope, receive, send)  # no exception: the server would log a bug
    assert said[0]["status"] == 499
