"""Waiting until something holds, looked at again whenever there is news."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class News:
    """Who changes what others wait for says so with `tell`; each of them looks again then."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def tell(self) -> None:
        self._told.set()

    async def first(self, met: Callable[[], T | None], within: float | None) -> T | None:
        """What `met` gives as soon as it is not None; None after `within` seconds."""
        try:
            async with asyncio.timeout(within) as limit:
                while (found := met()) is None:
                    self._told.clear()
                    await self._told.wait()
                return found
        except TimeoutError:
            if not limit.expired():  # it is one of `met`
                raise
            return None

    async def until(self, true: Callable[[], object], within: float | None) -> bool:
        """Whether `true()` came to hold within so many seconds."""
        return await self.first(lambda: bool(true()) or None, within) is not None
