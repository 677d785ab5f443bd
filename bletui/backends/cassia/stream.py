"""One event stream kept open: what is read, when it counts as dead, and when it is tried again."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import httpcore

from bletui import errors
from bletui.backends.cassia import web
from bletui.backends.cassia.native import BODY_MAX, Answer, broken, refused, unreadable
from bletui.backends.cassia.options import Site
from bletui.backends.cassia.paced import PacedNetwork
from bletui.clock import Clock
from bletui.failure import BleError, Failure
from bletui.kinds import NEVER, USER
from bletui.model import StreamState
from bletui.text import bounded, visible

OPENING: Final = 15.0  # seconds for connection, TLS and the answer's head
SILENCE: Final = 75.0  # seconds without a byte: two and a half keep-alives of the router
STEADY: Final = 10.0  # seconds after which a stream counts as having worked
Take = Callable[[bytes], None]
Say = Callable[[StreamState, Failure | None, float | None], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """Opens streams of one router. `opening` and `silence`: seconds, as those above."""

    site: Site
    tls: ssl.SSLContext | None
    context: Callable[[], errors.Context]
    opening: float = OPENING
    silence: float = SILENCE

    async def read(
        self,
        path: str,
        params: Mapping[str, str],
        header: Mapping[str, str],
        *,
        live: Callable[[], None],
        take: Take,
        operation: str,
    ) -> None:
        """Calls `live` when the stream is open and `take` with the bytes of each read. Never returns: a stream ends
        with `BleError`, a clean end too."""
        parts: list[bytes] = []

        def flush() -> None:
            if parts:
                data = b"".join(parts)
                parts.clear()
                take(data)

        phase = "request"
        try:
            async with AsyncExitStack() as stack:
                response = await self._open(stack, web.url(self.site, path, params), header, flush)
                await self._accept(response, operation)
                phase = "stream"
                live()
                async for part in response.aiter_stream():
                    parts.append(part)
                raise EOFError("the router ended the stream")  # noqa: TRY301 - classified with the other ends
        except (*web.FAILURES, EOFError) as end:
            flush()
            raise broken(end, phase=phase, operation=operation, context=self.context()) from end

    async def _open(
        self, stack: AsyncExitStack, url: httpcore.URL, header: Mapping[str, str], flush: Callable[[], None]
    ) -> httpcore.Response:
        pool = httpcore.AsyncConnectionPool(
            ssl_context=self.tls, network_backend=PacedNetwork(flush), max_connections=1
        )
        await stack.enter_async_context(pool)
        opening = self.opening
        timeouts = {"connect": opening / 3, "write": opening, "read": self.silence, "pool": opening}
        async with asyncio.timeout(opening):
            return await stack.enter_async_context(
                pool.stream(
                    "GET",
                    url,
                    headers=web.head(self.site, {"accept": "text/event-stream", **header}),
                    extensions={"timeout": timeouts},
                )
            )

    async def _accept(self, response: httpcore.Response, operation: str) -> None:
        """Anything but 200 with a plain event stream is a failure, its body read as evidence."""
        kind, coding = web.field(response, b"content-type"), web.field(response, b"content-encoding")
        if response.status == 200 and _is_events(kind) and coding in {"", "identity"}:
            return
        body = b""
        async with asyncio.timeout(self.opening):
            async for part in response.aiter_stream():
                body += part
                if len(body) >= BODY_MAX:
                    break
        answer = Answer(response.status, kind, body, web.retry_after(response))
        if response.status != 200:
            raise refused(answer, operation=operation, context=self.context())
        found = visible(bounded(f"{coding} {kind}".strip(), 60)) or "an answer without a type"
        raise unreadable(answer, f"no event stream but {found}", operation=operation, context=self.context())


async def keep(
    once: Callable[[Callable[[], None]], Awaitable[None]],
    say: Say,
    *,
    clock: Clock,
    speed: float,
    chance: Callable[[], float],
) -> None:
    """Tells `opening`, `live` and `broken` of a stream that is opened anew after each end, until trying is vain.
    `chance` gives numbers in [0, 1) for the jitter."""
    attempt = 0
    while True:
        began: list[float] = []

        def live(began: list[float] = began) -> None:
            began.append(clock.monotonic())
            say("live", None, None)

        say("opening", None, None)
        try:
            await once(live)
        except BleError as end:
            failure = end.failure
        if began and (clock.monotonic() - began[0]) * speed >= STEADY:
            attempt = 0
        wait = pause(failure, attempt, chance())
        if wait is None:
            say("broken", failure, None)
            return
        attempt += 1
        say("broken", failure, clock.wall() + wait / speed)
        await asyncio.sleep(wait / speed)


def pause(failure: Failure, attempt: int, chance: float) -> float | None:
    """Seconds until the next try: 1, 2, 4 … 30, less up to half by `chance` in [0, 1); a minute where a person must
    act first, longer where the far side asked for it; None where the same request can't succeed."""
    if failure.retry_class == NEVER:
        return None
    most = 60.0 if failure.retry_class == USER else min(30.0, 2.0 ** min(attempt, 5))
    return max(most * (1 - chance / 2), min(failure.retry_after or 0.0, 3600.0))


def _is_events(kind: str) -> bool:
    return kind.partition(";")[0].strip().lower() == "text/event-stream"
