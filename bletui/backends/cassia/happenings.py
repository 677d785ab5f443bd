"""Event streams of whole JSON objects: links and notifications. What is none is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bletui.backends.cassia.adverts import KEEP_ALIVE
from bletui.backends.cassia.api import Json, MalformedError, parse
from bletui.sse import Named, Parser

Sort = TypeVar("Sort")


class EventReader:
    """The bytes of one stream to values; `read` makes one of an event's JSON."""

    def __init__(self) -> None:
        self._parser = Parser()
        self._oversized = 0

    def feed(self, chunk: bytes, read: Callable[[Json], Sort]) -> tuple[list[Sort], int]:
        """The values that `chunk` completes, and how many events were none."""
        found: list[Sort] = []
        data = self._parser.feed(chunk)
        malformed = self._parser.oversized - self._oversized
        self._oversized = self._parser.oversized
        for one in data:
            if isinstance(one, Named) or one.strip() in KEEP_ALIVE:
                continue
            try:
                found.append(read(parse(one)))
            except MalformedError:
                malformed += 1
        return found, malformed
