"""A bridge stays where it is looked for: its socket's file is made anew where somebody removed it."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bletui.bridge import sockets
from bletui.bridge.folders import reason
from bletui.bridge.listening import Listening
from bletui.failure import BleError

if TYPE_CHECKING:
    from bletui.bridge.server import Bridge

LOOK = 1.0  # seconds between two looks


async def stay(bridge: Bridge, place: Listening, held: ExitStack, every: float = LOOK) -> None:
    """Until cancelled. A user's runtime folder goes with the last session and comes back with the next: those who are
    here stay, and who comes then finds the bridge again."""
    path = Path(place.name)
    made, told = sockets.mark(path), ""
    while True:
        await asyncio.sleep(every)
        if sockets.mark(path) == made:
            continue
        bridge.deafen(place)
        held.close()
        try:
            place.socket = held.enter_context(sockets.listening(path, place.group))
        except BleError as failed:
            why = reason(failed.failure)
            if why != told:
                bridge.record("not reachable", why=why)
            told = why
            continue
        await bridge.listen(place)
        made, told = sockets.mark(path), ""
        bridge.record("listens again", place=place.name)
