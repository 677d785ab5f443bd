"""The ring on disk, written: once a second what came meanwhile, from a thread, in segments of which the oldest go.

Nothing is synced: what a killed bridge wrote is whole all the same, and a power failure may cost the last half minute.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401 # what asyncio.to_thread would import when there may be no file left
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bletui.bridge import folders, segments
from bletui.bridge.frames import Frame
from bletui.bridge.log import Record
from bletui.bridge.ring import Ring, nowhere
from bletui.bridge.segments import SUFFIX, Head, Segment
from bletui.failure import BleError
from bletui.recordfile import MAGIC

EVERY = 1.0  # seconds between two writes: what a kill may cost
WAITING_MAX = 4 * 1024 * 1024  # bytes that wait for a slow disk; more than that is lost to the file, and counted
PARTS = 8  # segments that the bounds are cut into: what is dropped at once


class RingFile:
    """This run's segments in a folder that it has to itself. A disk that takes nothing costs the file and not the
    bridge: the loss is counted and logged, and the next second tries again."""

    def __init__(
        self, folder: Path, head: Head, ring: Ring, record: Record, now: Callable[[], float], every: float = EVERY
    ) -> None:
        self.folder = folder
        self._head = head
        self._ring = ring
        self._record = record
        self._now = now
        self.every = every
        self._waiting: list[Frame] = []
        self._bytes = 0
        self._news = asyncio.Event()
        self._writing = threading.Lock()
        self._part: _Part | None = None
        self._kept: deque[tuple[Path, int, float]] = deque()  # earlier segments: path, bytes, time of the last event
        self._number = 0
        self._failed = ""

    @property
    def size_max(self) -> int:
        """Bytes of one segment."""
        return self._ring.bytes_max // PARTS

    def earlier(self) -> Iterator[Segment]:
        """What runs before this one left, oldest first. One that can't be read is logged and stays until it is old."""
        for number, path in segments.numbered(self.folder):
            self._number = number
            try:
                size = path.lstat().st_size
                if not size:  # a kill came between its name and its first block
                    path.unlink()
                    continue
                segment = segments.read(path, self._ring.bytes_max)
            except (BleError, OSError) as unreadable:
                why = unreadable.failure.detail if isinstance(unreadable, BleError) else str(unreadable)
                self._record("ring unreadable", file=path.name, why=why)
                self._kept.append((path, 0, self._head.started))
                continue
            at = max((frame.at for frame in segment.frames), default=segment.head.started)
            self._kept.append((path, size, at))
            if segment.damaged:
                self._record("ring damaged", file=path.name, bytes=segment.damaged)
            yield segment

    def keep(self, frame: Frame) -> None:
        """Never waits."""
        if self._bytes + len(frame.data) > WAITING_MAX and self._waiting:
            self._ring.lost += frame.events
            return
        self._waiting.append(frame)
        self._bytes += len(frame.data)
        self._news.set()

    async def run(self) -> None:
        """Writes what is there, until this is cancelled."""
        while True:
            await self._news.wait()
            await asyncio.sleep(self.every)
            self._news.clear()
            frames = self._taken()
            self._note(frames, await asyncio.to_thread(self._put, frames))

    def write(self) -> None:
        """Whatever waits, at once."""
        frames = self._taken()
        self._note(frames, self._put(frames))

    def end(self) -> None:
        """Writes what is left, and that this was the end: the next run knows then that it was no crash."""
        self._waiting.append(segments.end(self._now()))
        self.write()
        self._turn()

    def _taken(self) -> list[Frame]:
        frames, self._waiting, self._bytes = self._waiting, [], 0
        return frames

    def _note(self, frames: list[Frame], failed: OSError | None) -> None:
        if failed is None:
            self._failed = ""
            return
        self._ring.lost += sum(frame.events for frame in frames)
        why = failed.strerror or str(failed)
        if why != self._failed:
            self._record("ring not written", why=why, lost=self._ring.lost)
        self._failed = why

    def _put(self, frames: list[Frame]) -> OSError | None:
        """From any thread; why it could not be written."""
        with self._writing:
            try:
                if frames:
                    self._write(frames)
            except OSError as failed:
                self._turn()
                return failed
        return None

    def _write(self, frames: list[Frame]) -> None:
        data, at = segments.written(frames), max(frame.at for frame in frames)
        part, span = self._part, self._ring.minutes * 60 / PARTS
        if part is not None and (part.size + len(data) > self.size_max or at - part.since > span):
            self._turn()
        if self._part is None:
            self._number += 1
            path = self.folder / f"{self._number:010}{SUFFIX}"
            self._part = _Part(path, at, MAGIC + segments.opening(self._head))
        self._part.append(data, at)
        self._drop(at)

    def _turn(self) -> None:
        """The next block begins a new segment."""
        part, self._part = self._part, None
        if part is not None:
            part.close()
            self._kept.append((part.path, part.size, part.at))

    def _drop(self, now: float) -> None:
        """Segments all of whose events are too old, and the oldest of those that take too much room."""
        room = self._ring.bytes_max - (self._part.size if self._part else 0)
        total = sum(size for _, size, _ in self._kept)
        while self._kept and (total > room or self._kept[0][2] < now - self._ring.minutes * 60):
            path, size, _ = self._kept.popleft()
            path.unlink(missing_ok=True)
            total -= size


class _Part:
    """The segment that is being written: whole blocks or none."""

    def __init__(self, path: Path, since: float, begins: bytes) -> None:
        self.path = path
        self.since = self.at = since
        self.size = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)
        try:
            self._put(begins)
        except OSError:
            path.unlink()
            raise

    def append(self, data: bytes, at: float) -> None:
        self._put(data)
        self.at = max(self.at, at)

    def close(self) -> None:
        self._file.close()

    def _put(self, data: bytes) -> None:
        """All of it, or the file is as it was, closed, and `OSError`."""
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            with self._file:
                self._file.truncate(self.size)
            raise
        self.size += len(data)


@contextmanager
def kept(folder: Path, head: Head, ring: Ring, record: Record, now: Callable[[], float]) -> Iterator[RingFile]:
    """The ring's file in `folder`, with what earlier runs left read into `ring`.

    `busy.capacity`: another bridge writes there; `access.refused`, `request.invalid`: it can't be used.
    """
    folders.prepare(folder)
    with folders.locked(folder / "lock", "keeps its ring there"):
        file = RingFile(folder, head, ring, record, now)
        ring.remember(segments.history(file.earlier(), head.started))
        ring.keep = file.keep
        try:
            yield file
        finally:
            ring.keep = nowhere
            file.end()
