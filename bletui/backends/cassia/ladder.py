"""What the doctor's steps have found on their way up, and how one is taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from bletui.backend import Env
from bletui.backends.cassia import api
from bletui.backends.cassia.hubs import Hub
from bletui.backends.cassia.native import broken
from bletui.backends.cassia.options import Options
from bletui.backends.cassia.router import Router
from bletui.failure import BleError
from bletui.model import Rung, RungState
from bletui.text import visible

PATIENCE: Final = 5.0  # seconds for one step, and for the first byte of a stream


@dataclass(slots=True)
class Ladder:
    options: Options
    env: Env
    router: Router
    address: str = ""
    info: api.RouterInfo = field(default_factory=api.RouterInfo)
    refused: BleError | None = None  # what the API said to a call without credentials
    hubs: list[Hub] = field(default_factory=list)  # an access controller's routers, as far as they are wanted

    @property
    def patience(self) -> float:
        return PATIENCE / self.env.speed


Seen = tuple[RungState, str]  # how a step went, and its evidence; a failure is raised
Step = Callable[[Ladder], Awaitable[Seen]]


async def climb(name: str, step: Step, ladder: Ladder) -> Rung:
    began = time.monotonic()

    def taken() -> str:
        return f"{(time.monotonic() - began) * 1000:.0f} ms"

    try:
        state, evidence = await step(ladder)
    except BleError as error:
        words = error.failure.detail or error.failure.message or error.failure.kind.title
        return Rung(name, "fail", f"{visible(words)}, {taken()}", error.failure)
    return Rung(name, state, evidence if state == "skipped" else f"{evidence}, {taken()}")


async def first_byte(ladder: Ladder, path: str, query: dict[str, str], operation: str) -> bool:
    """Opens a stream and closes it again; whether anything came. One that says nothing does so for up to 30 s."""
    opened, heard = asyncio.Event(), asyncio.Event()
    ended: list[BleError] = []

    async def listen() -> None:
        try:
            await ladder.router.stream(path, query, live=opened.set, take=lambda _: heard.set(), operation=operation)
        except BleError as end:
            ended.append(end)
            heard.set()

    async with asyncio.TaskGroup() as group:
        listening = group.create_task(listen())
        with suppress(TimeoutError):
            async with asyncio.timeout(ladder.patience):
                await heard.wait()
        listening.cancel()
    if ended:
        raise ended[0]
    if not opened.is_set():
        raise broken(TimeoutError(), phase="request", operation=operation, context=ladder.router.context())
    return heard.is_set()
