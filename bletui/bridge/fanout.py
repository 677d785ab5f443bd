"""All radios' events in one order: numbered, folded, packed once, and handed to every client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from bletui.bridge.frames import Frame, frames
from bletui.bridge.ring import Ring
from bletui.model import Advertisements, Batch, Event, Folding

WINDOW = 0.05  # seconds in which events are gathered; a lone one is not delayed
GATHERED_MAX = 512  # events that wait for the window's end at most

Offer = Callable[[Sequence[Frame], bytes], None]
"""Takes frames, and the same as one piece of bytes."""


class Fanout:
    """`take` never waits. Advertisements are told at most once per window, everything else with what came before it."""

    def __init__(self, ring: Ring | None = None, folding: Folding | None = None) -> None:
        self.folding = folding or Folding()
        self.ring = ring or Ring()
        self.clients: set[Offer] = set()
        self._pending: list[Event] = []
        self._mixed = False  # whether anything but advertisements is among them
        self._flushed = float("-inf")
        self._alarm: asyncio.Handle | None = None

    @property
    def seq(self) -> int:
        """The number of the last event that was told."""
        return self.folding.seq

    def take(self, events: Sequence[Event]) -> None:
        self._pending += events
        rare = type(events) is not Advertisements
        self._mixed |= rare
        loop = asyncio.get_running_loop()
        if len(self._pending) >= GATHERED_MAX:
            self.flush()
        elif rare or loop.time() >= self._flushed + WINDOW:
            self._stop_alarm()
            self._alarm = loop.call_soon(self.flush)  # with what else happens in this turn of the loop
        elif self._alarm is None:
            self._alarm = loop.call_at(self._flushed + WINDOW, self.flush)

    def state(self) -> Folding:
        """As it is after all that was taken."""
        self.flush()
        return self.folding

    def flush(self) -> None:
        """Tells what was gathered."""
        self._stop_alarm()
        if not self._pending:
            return
        gathered: Any = self._pending
        events: tuple[Event, ...] = tuple(gathered) if self._mixed else Advertisements(gathered)
        self._pending, self._mixed = [], False
        self._flushed = asyncio.get_running_loop().time()
        batch = Batch(self.folding.seq + 1, events)
        self.folding.add(batch)
        made = list(frames(batch.seq, events))
        for frame in made:
            self.ring.add(frame)
        whole = b"".join(frame.data for frame in made)
        for offer in list(self.clients):
            offer(made, whole)

    def stop(self) -> None:
        self._stop_alarm()

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
