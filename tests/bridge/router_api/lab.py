"""The router's API over the simulated lab, called by a client that is not ours."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from bletui.backends.simulator.lab import address
from tests.backends.cassia.serving import router_api
from tests.bridge.router_api.client import Reply, ask

COUNTER, NOTIFYING, CCCD = address("counter"), 0x1A, 0x1B
RANDOM = {"type": "random", "timeout": "5000"}


class Router:
    def __init__(self, port: int) -> None:
        self.port = port

    async def call(self, method: str, target: str, body: object = None) -> Reply:
        content = b"" if body is None else json.dumps(body).encode()
        return await ask(self.port, target, method=method, body=content)

    async def connect(self, device: str, **more: object) -> Reply:
        return await self.call("POST", f"/gap/nodes/{device}/connection?chip=1", {**RANDOM, **more})

    async def node(self, device: str) -> Any:
        """Its entry in the list, in which a link of somebody else stands too."""
        nodes = (await self.call("GET", "/gap/nodes")).json["nodes"]
        return next(node for node in nodes if node["id"] == device)

    async def get(self, device: str, path: str) -> Reply:
        return await self.call("GET", f"/gatt/nodes/{device}/{path}")


@asynccontextmanager
async def lab(profile: str | None = None, options: str = "") -> AsyncIterator[Router]:
    async with router_api(f"sim:lab?lanes=3{options or '&speed=50'}", speed=1.0, profile=profile) as url:
        port = urlsplit(url).port
        assert port is not None
        yield Router(port)


def told(reply: Reply) -> tuple[int, bytes]:
    return reply.status, reply.body
