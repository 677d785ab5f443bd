"""Lines of words on disk: what one turn of the loop brings in one write with one sync, from a thread, one at a time."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

PATIENCE = 5.0  # seconds that whoever waits for a line gives the disk
_LINES_MAX = 4096  # after so many the file is written anew

Line = tuple[str, ...]


class Put(Protocol):
    def __call__(self, path: Path, data: bytes, *, whole: bool) -> OSError | None: ...


def read(path: Path) -> Iterator[Line]:
    """A last line that was cut says nothing. `OSError`: the file can't be read."""
    data = path.read_bytes() if path.exists() else b""
    for line in data.decode("utf-8", "replace").split("\n")[:-1]:
        yield tuple(word.replace("\\x20", " ") for word in line.split(" "))


def _written(line: Line) -> str:
    return " ".join(word.replace(" ", "\\x20") for word in line) + "\n"


def put(path: Path, data: bytes, *, whole: bool) -> OSError | None:
    """Appends `data`, or makes it the `whole` file at once; on the disk when this returns, or why it is not."""
    into = path.with_name(f"{path.name}.new") if whole else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if whole else os.O_APPEND)
        with os.fdopen(os.open(into, flags, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if whole:
            into.replace(path)
            _sync_names(path.parent)
    except OSError as failed:
        return failed
    return None


def _sync_names(folder: Path) -> None:
    """A file that took another's place may else be the other again after a power failure."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    except OSError as failed:
        if failed.errno != errno.EINVAL:  # a file system that has nothing to sync there
            raise
    finally:
        os.close(number)


class JournalFile:
    """`lines` gives all that counts, for the first write and for those in which lines were lost or became too many.

    `failed`: why it is not written now; `failing` is told so, once for each reason.
    """

    def __init__(
        self,
        path: Path,
        lines: Callable[[], Iterable[Line]],
        failing: Callable[[OSError], None] | None = None,
        write: Put = put,
    ) -> None:
        self.path = path
        self.failed: OSError | None = None
        self._all = lines
        self._failing = failing
        self._put = write
        self._lines: list[Line] = []  # of the next write
        self._next = asyncio.Event()  # the next write has ended
        self._length = 0  # lines in the file
        self._whole = True  # whether the next write is
        self._busy = False
        self._late = False  # the write that runs has had its time
        self._closed = False

    def anew(self) -> None:
        """Writes all that counts, in place of what is there."""
        self._whole = True
        self.note()

    def note(self, *lines: Line) -> None:
        if self._closed:
            return
        self._lines += lines
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._write)

    async def noted(self, *lines: Line) -> None:
        """They are on the disk when this returns, or `failed` says why they are not."""
        self.note(*lines)
        await self._ended()

    async def aclose(self) -> None:
        """What counts now is written, and nothing after it."""
        if not self._closed:
            self.anew()
            self._closed = True
            await self._ended()

    async def _ended(self) -> None:
        if self._late:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._next.wait()
        except TimeoutError:
            self._late = True
            self._tell(OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)))

    def _write(self) -> None:
        whole = self._whole or self.failed is not None or self._length + len(self._lines) > _LINES_MAX
        lines = list(self._all()) if whole else self._lines
        self._lines, self._whole = [], False
        self._length = len(lines) + (0 if whole else self._length)
        data = "".join(map(_written, lines)).encode()
        ended, self._next = self._next, asyncio.Event()
        writing = asyncio.get_running_loop().run_in_executor(None, partial(self._put, self.path, data, whole=whole))
        writing.add_done_callback(partial(self._wrote, ended))

    def _wrote(self, ended: asyncio.Event, writing: asyncio.Future[OSError | None]) -> None:
        self._late = False
        self._tell(writing.result())
        ended.set()
        self._busy = bool(self._lines) or self._whole
        if self._busy:
            self._write()

    def _tell(self, failed: OSError | None) -> None:
        if failed is not None and self._failing and (self.failed is None or self.failed.errno != failed.errno):
            self._failing(failed)
        self.failed = failed
