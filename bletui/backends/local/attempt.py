"""One try at a link: what was seen of it meanwhile, which the end of bleak's connect does not tell."""

from __future__ import annotations

import asyncio
from typing import Any

from bletui.backends.local.link import Link
from bletui.failure import ErrorKind, Failure
from bletui.model import Peer

FRESH = 3.0  # seconds in which a device that advertises at all is heard again


class Attempt:
    """`trouble` ends it before its time: the adapter is gone, or the link came up and fell."""

    def __init__(self, peer: Peer, within: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._within = within
        self.peer = peer
        self.linked = False  # whether the link came up
        self.listening = False  # whether a scan runs that would hear the device
        self.bonded: bool | None = None  # whether the system has a key for it
        self.trouble: Failure | None = None
        self.told: asyncio.Future[None] = self._loop.create_future()
        self._heard: tuple[float, int] | None = None  # when last, and how strong

    @property
    def elapsed(self) -> float:
        return self._loop.time() - self._began

    @property
    def left(self) -> float:
        return max(0.0, self._within - self.elapsed)

    @property
    def unheard(self) -> bool:
        """Whether it is not there, as far as we can hear."""
        return self.listening and (self._heard is None or self._loop.time() - self._heard[0] > FRESH)

    async def over(self, done: asyncio.Future[Any]) -> None:
        """Returns when it is done, trouble came, or the time is over."""
        await asyncio.wait({done, self.told}, timeout=self.left, return_when=asyncio.FIRST_COMPLETED)

    def heard(self, rssi: int) -> None:
        self._heard = self._loop.time(), rssi

    def fails(self, reason: Failure) -> None:
        if self.trouble is None:
            self.trouble = reason
            self.told.set_result(None)

    def fell(self, link: Link) -> None:
        """The link came up and ended again before its services were known."""
        reason = link.over
        if reason is None or reason.kind is ErrorKind.OP_CANCELLED:
            return
        if reason.kind is ErrorKind.LINK_LOST:
            detail = f"the link came up and fell after {self.elapsed:.1f} s, before its services were known"
            reason = Failure(
                kind=ErrorKind.LINK_CONNECT_FAILED, lane=self.peer.lane, address=self.peer.address, detail=detail
            )
        self.fails(reason)

    def story(self) -> str:
        """What was seen in the time that is over."""
        if self.linked:
            return f"the link came up, and nothing was answered in {self._within:g} s"
        if self._heard is None:
            return f"not heard in {self._within:g} s" if self.listening else f"no link in {self._within:g} s"
        when, rssi = self._heard
        return f"last heard {self._loop.time() - when:.0f} s ago at {rssi} dBm; no link in {self._within:g} s"
