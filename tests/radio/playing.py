"""A radio over a backend that does as scripted, with a seat at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui.connections import Again
from bletui.failure import ErrorKind, Failure
from bletui.model import Lane, Owner, Request
from bletui.radio import Attachment, Radio
from tests.radio.scripted import ScriptedBackend
from tests.radio.through import opened

A, B = "AA:00:00:00:00:01", "BB:00:00:00:00:02"
BUSY = Failure(kind=ErrorKind.BUSY_CHIP)
LOST = Failure(kind=ErrorKind.LINK_CLOSED_REMOTE)


def at_once(failure: Failure, request: Request, tries: int) -> Again | None:
    if failure.kind is ErrorKind.LINK_NOT_SEEN:
        return Again("heard", 0.0)
    return Again("time", 0.0, 3) if failure.retry_class in ("now", "queue") and tries < 3 else None


@asynccontextmanager
async def radio(*lanes: Lane) -> AsyncIterator[tuple[ScriptedBackend, Radio, Attachment]]:
    backend = ScriptedBackend(*lanes)
    made = await opened(backend, policy=at_once)
    try:
        async with asyncio.timeout(10):
            yield backend, made, await made.attach(Owner("me"))
    finally:
        await made.aclose()


async def forever() -> None:
    await asyncio.Event().wait()
