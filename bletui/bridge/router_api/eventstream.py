"""An answer that does not end: one client's events as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bletui.bridge.router_api.outbox import Outbox


class EventStream(Response):
    """A stream of events until its client leaves or its outbox is closed. `beside` runs as long."""

    def __init__(
        self, outbox: Outbox, leave: Callable[[], None], beside: Callable[[], Coroutine[None, None, None]] | None = None
    ) -> None:
        super().__init__(headers={"content-type": "text/event-stream", "cache-control": "no-cache"})
        del self.headers["content-length"]
        self._outbox = outbox
        self._leave = leave
        self._beside = beside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._watch(receive))]
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                if self._beside is not None:
                    running.append(tasks.create_task(self._beside()))
                while chunk := await self._outbox.take():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
                for task in running:
                    task.cancel()
        finally:
            self._leave()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._outbox.close()
