"""Waiting for what nobody tells of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

TURNS = 1000  # of the loop, without a pause
PAUSE = 0.002  # seconds between later looks: another process may need the processor to bring it about


async def until(true: Callable[[], object], within: float = 20.0) -> None:
    """Looks again and again; fails where it does not come to hold."""
    turn = 0
    async with asyncio.timeout(within):
        while not true():
            turn += 1
            await asyncio.sleep(0 if turn < TURNS else PAUSE)
