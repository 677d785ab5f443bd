"""Calls that end with what they need, or at their limit: a link that drops, a lane that goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from bletui.errors.classify import CHANGING
from bletui.failure import BleError, Failure


class Limit:
    """How long a call may take. `word`: what is said when it is over; None: the usual."""

    __slots__ = ("_bound", "_left", "word")

    def __init__(self, bound: asyncio.Timeout) -> None:
        self._bound = bound
        self._left = 0.0
        self.word: str | None = None

    def stand_still(self) -> None:
        """While somebody is asked."""
        when = self._bound.when()
        self._left = 0.0 if when is None else when - asyncio.get_running_loop().time()
        self._bound.reschedule(None)

    def go_on(self) -> None:
        self._bound.reschedule(asyncio.get_running_loop().time() + self._left)


class Ending:
    """Something that ends at most once, and with it the calls that need it."""

    def __init__(self) -> None:
        self.reason: Failure | None = None
        self._bounds: set[asyncio.Timeout] = set()

    def end(self, reason: Failure) -> None:
        self.reason = reason
        now = asyncio.get_running_loop().time()
        for bound in self._bounds:
            bound.reschedule(now)

    @asynccontextmanager
    async def within(
        self, seconds: float | None, operation: str, late: Callable[[str | None], Failure]
    ) -> AsyncIterator[Limit]:
        """Fails (`BleError`) with the reason of the end, or with `late(Limit.word)` when the time is over."""
        limit: Limit | None = None
        try:
            async with asyncio.timeout(seconds) as bound:
                self._bounds.add(bound)
                limit = Limit(bound)
                try:
                    yield limit
                finally:
                    self._bounds.discard(bound)
        except TimeoutError:
            if self.reason is None:
                raise BleError(late(limit.word if limit else None)) from None
            unknown = operation in CHANGING
            raise BleError(replace(self.reason, operation=operation, outcome_unknown=unknown)) from None
