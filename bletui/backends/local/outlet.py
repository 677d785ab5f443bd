"""What a backend says, in order: state at once, advertisements together once per turn of the loop."""

from __future__ import annotations

import asyncio

from bletui.backend import Emit
from bletui.clock import Clock, Steady
from bletui.model import Advertisement, Event, Shed

MALFORMED = "malformed advertisements"


class Outlet:
    """The one door to `emit`. One read of the bus's socket brings many signals; they leave as one batch."""

    def __init__(self, emit: Emit, clock: Clock) -> None:
        self._emit = emit
        self._loop = asyncio.get_running_loop()
        self.now = Steady(clock).wall
        self._heard: list[Advertisement] = []
        self._malformed: dict[str | None, int] = {}
        self._due = False
        self._closed = False

    def tell(self, *events: Event) -> None:
        self._flush()
        if not self._closed:
            self._emit(events)

    def hear(self, advertisement: Advertisement) -> None:
        self._heard.append(advertisement)
        self._schedule()

    def shed(self, lane: str | None = None) -> None:
        """Counts a report that could not be understood; `lane` None: it is not known whose."""
        self._malformed[lane] = self._malformed.get(lane, 0) + 1
        self._schedule()

    def close(self) -> None:
        """Says nothing from now on."""
        self._flush()
        self._closed = True

    def _schedule(self) -> None:
        if not self._due:
            self._due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._due = False
        heard: list[Event] = [*self._heard]
        heard += [Shed(self.now(), lane, MALFORMED, count) for lane, count in self._malformed.items()]
        self._heard.clear()
        self._malformed.clear()
        if heard and not self._closed:
            self._emit(heard)
