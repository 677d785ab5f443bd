"""The peer of the stream: a radio's advertisements as server-sent events, as one writes it with Starlette and uvicorn.

Each event is the line of JSON that a router sends for an advertisement (184 bytes in the recorded mean). `?chunk=N` is
how many events leave in one HTTP chunk: a router sends each in one of its own.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from bletui.model import Advertisement, Owner
from bletui.radio import Attachment, QueuedRadio

AHEAD = 4_096  # events that may wait between radio and client


def line(heard: Advertisement) -> str:
    event = {
        "bdaddrs": [{"bdaddr": heard.address, "bdaddrType": heard.address_type}],
        "chipId": 0,
        "evtType": 0,
        "rssi": heard.rssi,
        "adData": (heard.raw or b"").hex(),
        "name": "(unknown)",
    }
    return f"data: {json.dumps(event)}\n\n"


class PlainSse:
    """`told`: how many advertisements the radio has told so far."""

    def __init__(self, radio: QueuedRadio, told: Callable[[], int]) -> None:
        self._radio = radio
        self._told = told
        self._given = sys.maxsize  # of those; nobody reads yet

    def behind(self) -> bool:
        """Whether the client has yet to take much of what the radio told."""
        return self._told() - self._given > AHEAD

    async def stream(self, request: Request) -> StreamingResponse:
        seat = await self._radio.attach(Owner("peer", "viewer"))
        self._given = self._told()
        return StreamingResponse(self._chunks(seat, int(request.query_params["chunk"])), media_type="text/event-stream")

    async def serve(self, ready: Callable[[str], None]) -> None:
        app = Starlette(routes=[Route("/", self.stream)])
        config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        with socket.create_server(("127.0.0.1", 0)) as made:
            ready(f"http://127.0.0.1:{made.getsockname()[1]}")
            await uvicorn.Server(config).serve(sockets=[made])

    async def _chunks(self, seat: Attachment, size: int) -> AsyncIterator[str]:
        try:
            async for batch in seat.events():
                heard = [event for event in batch.events if isinstance(event, Advertisement)]
                for start in range(0, len(heard), size):
                    yield "".join(map(line, heard[start : start + size]))
                self._given += len(heard)
        finally:
            self._given = sys.maxsize
            await asyncio.shield(seat.detach(keep=False))
