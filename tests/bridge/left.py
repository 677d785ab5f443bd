"""A bridge that is left while it connects for whoever left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bletui.model import Connect, Lane
from bletui.radio import QueuedRadio
from tests.bridge.running import bridge
from tests.radio.playing import A, forever
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until


@asynccontextmanager
async def left_connecting() -> AsyncIterator[tuple[ScriptedBackend, Path]]:
    """The backend behind it, whose device `A` never answers, and its socket; it still connects when all are gone."""
    backend = ScriptedBackend(Lane("a", name="hci0"))
    radio = QueuedRadio(backend, "a")
    await radio.open()
    backend.script[A] = [forever]
    async with bridge(radio) as (made, socket):
        yield backend, socket
        await until(lambda: not made.clients())
        made.fanout.flush()
        (asked,) = made.fanout.folding.snapshot().operations.values()
        assert (asked.operation.request, asked.operation.state) == (Connect(A, None, "random"), "running")
    await radio.aclose()
