"""Requests that go straight into an application, without a server between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bletui.bridge.router_api.app import alone, guarded
from bletui.bridge.router_api.faults import Scenario
from bletui.bridge.router_api.feed import Feed
from bletui.bridge.router_api.guard import Allowed, App, Message
from bletui.bridge.router_api.power import Power
from bletui.bridge.router_api.router import Router
from bletui.bridge.router_api.tokens import Tokens


def application(feed: Feed, tokens: Tokens | None = None) -> App:
    """A router of its own behind its guards, as `serve` makes it where nothing is to go wrong."""
    router = Router(feed)
    return guarded(alone(router, tokens), router, Power(), Allowed(), tokens, Scenario())


def scope(
    method: str,
    path: str,
    query: Sequence[tuple[str, str]] | Mapping[str, str] = (),
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    raw = [(name.encode(), value.encode("utf-8", "replace")) for name, value in (headers or {}).items()]
    return {
        "type": "http", "method": method, "path": path, "raw_path": quote(path, errors="replace").encode(),
        "query_string": urlencode(query, errors="replace").encode(), "headers": [(b"host", b"localhost"), *raw],
        "root_path": "", "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 80), "client": None,
    }  # fmt: skip


async def answered(app: App, asked: dict[str, Any], body: bytes | None) -> list[Message]:
    """What `app` sends to a client that leaves after its request; None: before its body has come."""
    parts = [] if body is None else [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(asked, receive, send)
    return sent
