"""Lines of the log into a file: a new one, for its owner alone, written a slice at a time so that keys are answered."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bletui import __version__
from bletui.log import Entry
from bletui.target import invalid

SLICE = 200  # lines; one takes a tenth of a millisecond where it is made anonymous
REST = 0.004  # seconds after some work in which the threads that read and write the terminal get their turn


def default_name(now: float) -> str:
    return time.strftime("bletui-%Y%m%d-%H%M%S.log", time.localtime(now))


def new_file(text: str) -> Path:
    """Where a typed name leads; `request.invalid` for what is there already, or can't be there."""
    if not text.strip():
        raise invalid("a name for the file is missing")
    if "\0" in text:
        raise invalid("a name for a file holds no NUL")
    try:
        path = Path(text.strip()).expanduser()
        there = path.exists()
    except (OSError, RuntimeError) as cannot:  # too long, or the home of nobody
        raise invalid(f"that can be no file: {getattr(cannot, 'strerror', None) or cannot}") from cannot
    if there:
        raise invalid(f"{path} is there already; nothing is overwritten")
    if not path.parent.is_dir():
        raise invalid(f"there is no folder {path.parent}")
    return path


def heading(lines: int, lost: int, expression: str, now: float, note: str = "") -> str:
    """What the file is, what is not in it, and what else there is to say of it."""
    when = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(now))
    chosen = f", filter: {expression}" if expression else ""
    gone = f"; {lost} older lines were lost before" if lost else ""
    return f"# bletui {__version__} log, {lines} lines, written {when}{chosen}{gone}" + (f"; {note}" if note else "")


async def write_log(path: Path, head: str, entries: Sequence[Entry], text_of: Callable[[Entry], str]) -> None:
    """`request.invalid` where the system refuses; what was written until then stays."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{head}\n")
            for start in range(0, len(entries), SLICE):
                file.writelines(f"{text_of(entry)}\n" for entry in entries[start : start + SLICE])
                await asyncio.sleep(REST)
    except OSError as refused:
        raise invalid(f"{path}: {refused.strerror or refused}") from refused
