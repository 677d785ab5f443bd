"""Links that nobody uses any more: ended, and again later where the far side could not be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Final

from bletui.failure import BleError
from bletui.model import Peer

WAITS: Final = (5.0, 15.0, 30.0, *(60.0,) * 9)  # seconds before the next try; what is left then ends with the radio


class Releasing:
    """`end` asks for a link's end; `is_unused` says whether that is still right; `beside` runs work while the radio is
    open, and says whether it does."""

    def __init__(
        self,
        end: Callable[[Peer], Awaitable[object]],
        is_unused: Callable[[Peer], bool],
        beside: Callable[[Coroutine[None, None, None]], bool],
    ) -> None:
        self._end = end
        self._is_unused = is_unused
        self._beside = beside

    async def these(self, peers: Sequence[Peer], within: float) -> None:
        """Returns when each was tried once, or after `within` seconds; what failed goes on without the caller."""
        tried = [(peer, asyncio.Event()) for peer in peers]
        begun = [once for peer, once in tried if self._beside(self._until_gone(peer, once))]
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                for once in begun:
                    await once.wait()

    async def _until_gone(self, peer: Peer, once: asyncio.Event) -> None:
        try:
            for wait in WAITS:
                with suppress(BleError):  # the operation's own event has told it to everyone
                    await self._end(peer)
                    return
                once.set()
                await asyncio.sleep(wait)
                if not self._is_unused(peer):
                    return
        finally:
            once.set()
