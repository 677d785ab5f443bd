"""The bridge's own log: one JSON object per line, in a file that is turned over when it is full."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bletui.bridge import folders
from bletui.text import bounded, visible

SIZE_MAX = 2 * 1024 * 1024  # bytes; with the older files at most `KEPT` times as much
KEPT = 4
TEXT_MAX = 500  # characters
LEVELS = ("warning", "info", "debug")
_LEVEL = {
    "adapter shared": "warning",
    "journal not written": "warning",
    "link taken over": "warning",
    "not published": "warning",
    "not reachable": "warning",
    "not released": "warning",
    "not reloaded": "warning",
    "parted": "warning",
    "refused": "warning",
    "ring damaged": "warning",
    "ring not kept": "warning",
    "ring not written": "warning",
    "ring unreadable": "warning",
    "taken over": "warning",
    "tokens unreadable": "warning",
    "asked": "debug",
}  # every other event is "info"

Fact = str | int | float | bool | None
Record = Callable[..., None]
"""`record(event, **facts)`: what happened, in words that do not change, and what belongs to it."""


def nowhere(event: str, **facts: Fact) -> None:
    """Records nothing."""


class LogFile:
    """Appends lines down to `level`; readable by its owner only. A disk that takes nothing costs lines and not the
    bridge: `troubled` is told why when it begins, and the next line that fits has one before it that counts them."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], float],
        size_max: int = SIZE_MAX,
        level: str = "info",
        troubled: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        self.path = path
        self.level = level
        self._now = now
        self._size_max = size_max
        self._troubled = troubled
        self._lost = 0

    def record(self, event: str, **facts: Fact) -> None:
        level = _LEVEL.get(event, "info")
        if LEVELS.index(level) > LEVELS.index(self.level):
            return
        now = self._now()
        gap = line(now, "lines lost", {"level": "warning", "count": self._lost}) if self._lost else ""
        try:
            self._write((gap + line(now, event, {"level": level, **facts})).encode())
        except OSError as failed:
            if not self._lost:
                self._troubled(failed)
            self._lost += 1
        else:
            self._lost = 0

    def _write(self, data: bytes) -> None:
        """All of it, or the file is as it was, and `OSError`."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(number, "ab", buffering=0) as file:
            before, left = file.tell(), memoryview(data)
            try:
                while left:
                    left = left[file.write(left) :]
            except OSError:
                file.truncate(before)
                raise
        if before + len(data) > self._size_max:
            self._turn_over()

    def _turn_over(self) -> None:
        for n in range(KEPT - 1, 0, -1):
            older = self.path if n == 1 else self.path.with_name(f"{self.path.name}.{n - 1}")
            if older.exists():
                older.replace(self.path.with_name(f"{self.path.name}.{n}"))


def line(at: float, event: str, facts: dict[str, Fact]) -> str:
    """Texts may come from anybody: they are made visible and bounded."""
    told = {name: bounded(visible(fact), TEXT_MAX) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return json.dumps({"at": round(at, 3), "event": event, **told}, ensure_ascii=False) + "\n"


class Following:
    """What is added to the log from now on, over every turn of its file. `request.invalid`: it can't be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with _reading(path):
            self._inode, self._at, self._cut = _inode(path), path.stat().st_size if path.exists() else 0, ""

    def lines(self) -> Iterator[str]:
        """The whole lines that have come since it was asked last."""
        with _reading(self._path):
            found = list(self._found())
        yield from map(visible, found)

    def _found(self) -> Iterator[str]:
        if (now := _inode(self._path)) != self._inode:
            older = self._path.with_name(f"{self._path.name}.1")
            if _inode(older) == self._inode:
                yield from self._read(older)
            self._inode, self._at = now, 0
        yield from self._read(self._path)

    def _read(self, path: Path) -> list[str]:
        if not path.exists():
            return []
        with path.open("rb") as file:
            file.seek(self._at)
            *whole, self._cut = (self._cut + file.read().decode("utf-8", "replace")).split("\n")
            self._at = file.tell()
        return whole


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as failed:
        raise folders.unusable(path, failed) from failed


def _inode(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def tail(path: Path, count: int) -> list[str]:
    """The last `count` lines, the file that was turned over last included. `request.invalid`: it can't be read."""
    lines: list[str] = []
    with _reading(path):
        for one in (path.with_name(f"{path.name}.1"), path):
            if one.exists():
                lines += one.read_text("utf-8", "replace").splitlines()
    return [visible(text) for text in lines[-count:]] if count > 0 else []
