"""What the console keeps from one start to the next: no part of the configuration, and nothing that is secret."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bletui.config.file import invalid
from bletui.text import is_clean

FILE = "console.json"  # in the state folder
SCHEMA = "bletui.console-state/1"
PINS_MAX, DISMISSED_MAX = 200, 100  # the oldest give way
TEXT_MAX = 300  # characters
SIZE_MAX = 262_144  # bytes


class Remembered(NamedTuple):
    """`pins`: addresses that stay on top; `dismissed`: hints and warnings that were put away. Oldest first."""

    pins: tuple[str, ...] = ()
    dismissed: tuple[str, ...] = ()

    def with_pin(self, address: str, *, pinned: bool) -> Remembered:
        others = tuple(one for one in self.pins if one != address)
        return self._replace(pins=(*others, address)[-PINS_MAX:] if pinned else others)

    def without(self, told: str) -> Remembered:
        """After the words of that name were put away."""
        others = tuple(one for one in self.dismissed if one != told)
        return self._replace(dismissed=(*others, told)[-DISMISSED_MAX:])


def read(path: Path) -> Remembered:
    """What the file says; nothing where there is none. `request.invalid`: it says something else, or can't be read."""
    try:
        with path.open("rb") as file:
            text = file.read(SIZE_MAX + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Remembered()
    except (OSError, ValueError) as cannot:
        raise invalid(f"{path}: {getattr(cannot, 'strerror', None) or cannot}") from cannot
    import json  # here and below: the first frame waits for none of these

    try:
        said = json.loads(text) if len(text) <= SIZE_MAX else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or said.get("schema") != SCHEMA:
        raise invalid(f"{path} is not what this bletui writes, and stays as it is; without it a new one is begun")
    return Remembered(_texts(said.get("pins"), PINS_MAX), _texts(said.get("dismissed"), DISMISSED_MAX))


def change(path: Path, how: Callable[[Remembered], Remembered]) -> None:
    """Changes what stands there now, which another console may have written; whole or not at all, mode 0600.

    `request.invalid`: it can't be read, and stays as it is, or can't be written.
    """
    import json

    now = how(read(path))
    text = json.dumps({"schema": SCHEMA, "pins": now.pins, "dismissed": now.dismissed}, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, text.encode())
    except (OSError, ValueError) as cannot:
        raise invalid(f"{path}: {getattr(cannot, 'strerror', None) or cannot}") from cannot


def _write(path: Path, content: bytes) -> None:
    import tempfile

    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:  # interrupted too: no half-written file stays behind
        Path(name).unlink()
        raise


def _texts(found: object, most: int) -> tuple[str, ...]:
    """What is no short visible text is left out: the file is the person's own, and nothing in it is trusted."""
    listed = found if isinstance(found, list) else []
    texts = [one for one in listed if isinstance(one, str) and 0 < len(one) <= TEXT_MAX and is_clean(one)]
    return tuple(dict.fromkeys(texts))[-most:]
