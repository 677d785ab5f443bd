"""What a backend under test emitted, and waiting for it without a clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bletui.model import Event
from bletui.news import News

T = TypeVar("T")


class Kept:
    """An `emit` that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.news = News()

    def __call__(self, events: Sequence[Event]) -> None:
        self.events.extend(events)
        self.news.tell()

    async def until(self, true: Callable[[], object], within: float = 20.0) -> None:
        """Looked at after each batch; fails where it does not come to hold."""
        assert await self.news.until(true, within), f"not within {within:g} s"

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]
