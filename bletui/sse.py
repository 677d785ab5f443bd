"""`text/event-stream` bytes to events (WHATWG HTML, 9.2.6), however the bytes are split.

`id` and `retry` fields are read past: no source of ours replays. An event still unfinished when the stream ends is no
event, as the specification has it.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_EVENT = 256 * 1024  # bytes of one event's lines; a longer one is dropped and counted
_BOM = b"\xef\xbb\xbf"
_BETWEEN = b"\n\ndata: "


class Named(NamedTuple):
    """An event that the stream gave a name other than `message`."""

    name: str
    data: bytes


class Parser:
    """`feed` bytes, get whole events: the data of each, or a `Named`. `oversized` counts those over `limit` bytes."""

    __slots__ = ("_cr", "_data", "_held", "_limit", "_line", "_name", "_size", "_started", "oversized")

    def __init__(self, limit: int = MAX_EVENT) -> None:
        self.oversized = 0
        self._limit = limit
        self._started = False  # past a byte order mark
        self._held = b""  # bytes since the last whole event, not yet looked at
        self._line: list[bytes] = []  # the unfinished line
        self._cr = False  # the last line ended in CR: an LF that follows belongs to it
        self._name = ""
        self._data: list[bytes] = []
        self._size = 0  # bytes of the unfinished event; -1: it is being dropped

    def feed(self, chunk: bytes) -> list[bytes | Named]:
        """The events that `chunk` completes, in order."""
        chunk = self._held + chunk
        self._held = b""
        if not self._started:
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._held = chunk
                return []
            self._started = True
            chunk = chunk.removeprefix(_BOM)
        if self._size or self._cr or b"\r" in chunk:
            return self._by_line(chunk)
        end = chunk.rfind(b"\n\n") + 2
        if end == 1:
            return self._by_line(chunk)
        events, rest = self._plain(chunk[:end]), chunk[end:]
        if len(rest) > self._limit:
            return events + self._by_line(rest)
        self._held = rest
        return events

    def _plain(self, whole: bytes) -> list[bytes | Named]:
        """Whole events at once if each is a single `data: ` line, as routers send them; nearly free."""
        if whole.startswith(b"data: "):
            data: list[bytes | Named] = [*whole[6:-2].split(_BETWEEN)]
            if whole.count(b"\n") == 2 * len(data) and (
                len(whole) <= self._limit or all(len(one) + 6 <= self._limit for one in data)
            ):
                return data
        return self._by_line(whole)

    def _by_line(self, chunk: bytes) -> list[bytes | Named]:
        if self._cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._cr = False
        events: list[bytes | Named] = []
        for piece in chunk.splitlines(keepends=True):
            part = piece.rstrip(b"\r\n")
            if part:
                self._add(part)
            self._cr = piece.endswith(b"\r")
            if len(part) < len(piece):  # else unfinished, which only the last piece can be
                self._end_line(events)
        return events

    def _add(self, part: bytes) -> None:
        if self._size >= 0:
            self._size += len(part)
            if self._size <= self._limit:
                self._line.append(part)
                return
            self.oversized += 1
            self._size = -1
            self._data.clear()
        self._line[:] = [b":"]  # a comment in place of what is dropped

    def _end_line(self, events: list[bytes | Named]) -> None:
        line = b"".join(self._line)
        self._line.clear()
        if line:
            self._field(line)
            return
        if self._data:
            data = b"\n".join(self._data)
            events.append(Named(self._name, data) if self._name not in {"", "message"} else data)
        self._data.clear()
        self._name = ""
        self._size = 0

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
