"""An app with a pilot at its keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from textual import _wait as waiting
from textual.app import App
from textual.pilot import Pilot

from bletui.testing.virtual_time import VirtualLoop

T = TypeVar("T")


@asynccontextmanager
async def piloted(app: App[T], size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[T]]:
    """The pilot of the running app, who waits after a key until all is done that it brings about.

    In virtual time that is one step of the time, which goes on when nothing has work left. Textual looks at the
    processor's time instead: a busy machine would let seconds of the play pass, each time others.
    """
    kept = vars(waiting)["process_time"]
    if isinstance(asyncio.get_running_loop(), VirtualLoop):
        vars(waiting)["process_time"] = lambda: 0.0
    try:
        async with app.run_test(size=size) as pilot:
            yield pilot
    finally:
        vars(waiting)["process_time"] = kept
