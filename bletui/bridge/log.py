"""The bridge's own log: one JSON object per line, in a file that is turned over when it is full."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from bletui.text import bounded, visible

SIZE_MAX = 2 * 1024 * 1024  # bytes; with the older files at most `KEPT` times as much
KEPT = 4
TEXT_MAX = 500  # characters

Fact = str | int | float | bool | None
Record = Callable[..., None]
"""`record(event, **facts)`: what happened, in words that do not change, and what belongs to it."""


def nowhere(event: str, **facts: Fact) -> None:
    """Records nothing."""


class LogFile:
    """Appends lines; readable by its owner only. A full disk ends the log and not the bridge: `failed` says why."""

    def __init__(self, path: Path, now: Callable[[], float], size_max: int = SIZE_MAX) -> None:
        self.path = path
        self.failed: OSError | None = None
        self._now = now
        self._size_max = size_max

    def record(self, event: str, **facts: Fact) -> None:
        try:
            self._write(line(self._now(), event, facts))
        except OSError as failed:
            self.failed = failed

    def _write(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(number, "a", encoding="utf-8") as file:
            file.write(text)
            size = file.tell()
        if size > self._size_max:
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


def tail(path: Path, count: int) -> list[str]:
    """The last `count` lines, the file that was turned over last included."""
    lines: list[str] = []
    for one in (path.with_name(f"{path.name}.1"), path):
        if one.exists():
            lines += one.read_text("utf-8", "replace").splitlines()
    return [visible(text) for text in lines[-count:]] if count > 0 else []
