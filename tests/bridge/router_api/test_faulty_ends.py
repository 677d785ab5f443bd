"""A stream that ends by itself at the moment when it is to be cut ends once."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from bletui.bridge.router_api.faults import Scenario, read
from bletui.bridge.router_api.faulty import Faulty
from bletui.bridge.router_api.power import Power
from bletui.testing.virtual_time import clock, in_virtual_time


async def _ends_after_ten_seconds(scope: Any, receive: Any, send: Any) -> None:
    head = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"data: {}\n\n", "more_body": True})
    await asyncio.sleep(10)
    await send({"type": "http.response.body", "body": b""})


@in_virtual_time
async def test_a_stream_ends_once() -> None:
    scenario, power = Scenario(read(["sse:cut@10s"])[0]), Power(clock())
    faulty = Faulty(_ends_after_ten_seconds, scenario, power, HTTPStatus.BAD_GATEWAY)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()

    scope = {"type": "http", "method": "GET", "path": "/gatt/nodes", "query_string": b"", "headers": []}
    await faulty(scope, receive, send)
    bodies = [message for message in sent if message["type"] == "http.response.body"]
    assert [message.get("more_body", False) for message in bodies] == [True, False]
