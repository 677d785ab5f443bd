"""How long the local backend waits for whom."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `answer`: a call to bluetoothd (systemd may have to start it); `start`: a scan's start before it is
    called a failure, though it may still come; `goodbye`: a scan's stop; `end`: everything, when the backend is closed;
    `look`: what `open` waits for the adapters; `question`: a person's answer while a device is paired (Core, Vol 3
    Part H, 3.4).
    """

    answer: float = 5.0
    start: float = 10.0
    goodbye: float = 2.0
    end: float = 3.0
    look: float = 0.8
    question: float = 30.0


async def finish(task: asyncio.Task[None], within: float) -> None:
    """Lets a task end by itself, then cancels it; what it raised comes out, since only a bug can."""
    done, _ = await asyncio.wait({task}, timeout=within)
    if not done:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()
