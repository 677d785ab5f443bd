"""Event streams of JSON: the events that each read completes. What is none is counted, never fatal."""

from __future__ import annotations

from typing import Final

from bletui.backends.cassia.api import Json, MalformedError, parse, read_all
from bletui.sse import Named, Parser

MALFORMED: Final = "malformed events"
KEEP_ALIVE: Final = frozenset({b"keep-alive", b":keep-alive", b""})  # as data, by older firmware


class EventReader:
    """The bytes of one stream to JSON, in blocks: one `json.loads` for all events of one read."""

    def __init__(self) -> None:
        self._parser = Parser()
        self._oversized = 0

    def feed(self, chunk: bytes) -> tuple[list[Json], int]:
        """The events that `chunk` completes, and how many were none."""
        data = self._parser.feed(chunk)
        whole = _whole(data)
        events, malformed = _each(data) if whole is None else (whole, 0)
        malformed += self._parser.oversized - self._oversized
        self._oversized = self._parser.oversized
        return events, malformed


def _whole(data: list[bytes | Named]) -> list[Json] | None:
    """The block as one JSON array, or None if it is anything but one value per event."""
    try:
        parsed: list[Json] = parse(b"[" + b",".join(data) + b"]")  # type: ignore[arg-type] # a Named raises TypeError
    except (MalformedError, TypeError):
        return None
    return parsed if len(parsed) == len(data) else None


def _each(data: list[bytes | Named]) -> tuple[list[Json], int]:
    return read_all((one for one in data if not isinstance(one, Named) and one.strip() not in KEEP_ALIVE), parse)
