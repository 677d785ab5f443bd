"""One client's bytes that wait to be sent: bounded, and what does not fit is shed, counted and told."""

from __future__ import annotations

import asyncio
from collections import deque

from bletui.bridge.router_api.encoding import comment

WAITING_MAX = 512 * 1024  # bytes; about 2,800 scan events
SENT_AT_ONCE = 64 * 1024  # bytes


class Outbox:
    """Chunks of whole events. `what` names them and lets the oldest go when they wait too long.

    `what` None: events that must not be lost (links); the stream ends instead, and its client asks for the state anew.
    A chunk of no counted events must not be lost either, whatever stands around it.
    """

    def __init__(self, what: str | None, waiting_max: int = WAITING_MAX) -> None:
        self.shed = 0  # events lost here
        self.waiting = 0  # bytes
        self._what = what
        self._waiting_max = waiting_max
        self._chunks: deque[tuple[bytes, int]] = deque()
        self._untold = 0
        self._ready = asyncio.Event()
        self._closed = False

    def put(self, chunk: bytes, events: int) -> None:
        if self._closed:
            return
        self._chunks.append((chunk, events))
        self.waiting += len(chunk)
        if self.waiting > self._waiting_max:
            self._make_room()
        self._ready.set()

    def tell_shed(self, count: int) -> None:
        """A comment in the stream will say that `count` events were lost, here or before they came here."""
        self._untold += count

    def beat(self, sign: bytes) -> None:
        """A sign of life, for a client that has nothing else to read."""
        if not self._chunks:
            self.put(sign, 0)

    def close(self) -> None:
        """Ends the stream; what waits is not sent any more."""
        self._closed = True
        self._chunks.clear()
        self.waiting = 0
        self._ready.set()

    async def take(self) -> bytes:
        """Waits for whole events, and takes those that go well together; b"" is the end."""
        while not self._chunks and not self._closed:
            self._ready.clear()
            await self._ready.wait()
        taken = [self._told()] if self._untold else []
        size = 0
        while self._chunks and size < SENT_AT_ONCE:
            chunk, _ = self._chunks.popleft()
            taken.append(chunk)
            size += len(chunk)
        self.waiting -= size
        return b"" if self._closed else b"".join(taken)

    def _told(self) -> bytes:
        told = comment(f"shed {self._untold} {self._what}")
        self._untold = 0
        return told

    def _make_room(self) -> None:
        """The newest chunk stays, and so does what must not be lost."""
        if self._what is None:
            self.close()
            return
        kept: list[tuple[bytes, int]] = []
        while self.waiting > self._waiting_max and len(self._chunks) > 1:
            chunk, events = self._chunks.popleft()
            if not events:
                kept.append((chunk, events))
                continue
            self.waiting -= len(chunk)
            self.shed += events
            self.tell_shed(events)
        self._chunks.extendleft(reversed(kept))
        if kept and self.waiting > self._waiting_max:
            self.close()
