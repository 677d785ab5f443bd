"""What a start without any target finds on this machine, and what is wrong with it: adapters, configuration, bridge."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from bletui.config.file import Config

ADAPTERS = Path("/sys/class/bluetooth")
EVERY = 5.0  # seconds between two looks
ANSWERS_WITHIN = 0.2  # seconds

Found = tuple[str, str]  # what was looked for, and what is to be said of it


class FirstRun:
    """`found` as it was at the last look, which is taken every five seconds at most: it is asked with every frame."""

    def __init__(self, look: Callable[[Collection[str]], Iterator[Found]]) -> None:
        self._look = look
        self._found: tuple[Found, ...] = ()
        self._for: Collection[str] = ()
        self._until = float("-inf")

    def __call__(self, lanes: Collection[str]) -> tuple[Found, ...]:
        now = time.monotonic()
        if now >= self._until or lanes != self._for:
            self._until, self._for, self._found = now + EVERY, lanes, tuple(self._look(lanes))
        return self._found


def found(
    file: Path, config: Config, environ: Mapping[str, str], lanes: Collection[str] = (), adapters: Path = ADAPTERS
) -> Iterator[Found]:
    """A line each: what is there, or that it is not and what helps.

    `lanes`: adapters that the Bluetooth service knows; a container may not see them in `adapters`.
    """
    yield "adapters", _adapters(adapters, lanes)
    yield "config", _config(file, config, environ)
    yield "bridge", _bridge(environ)


def _adapters(folder: Path, lanes: Collection[str]) -> str:
    names = sorted({*lanes, *(path.name for path in folder.glob("hci*") if ":" not in path.name)})
    if not names:
        return "none: the system shows no Bluetooth controller"
    return ", ".join(name + _blocked(folder / name) for name in names)


def _blocked(adapter: Path) -> str:
    """The kernel's switches (Documentation/ABI/stable/sysfs-class-rfkill)."""
    try:
        on = [sort for sort in ("soft", "hard") if any(_word(at) == "1" for at in adapter.glob(f"rfkill*/{sort}"))]
    except OSError:
        return ""  # it was unplugged meanwhile, and the next look does not list it
    if not on:
        return ""
    helps = "a switch of the machine" if "hard" in on else "rfkill unblock bluetooth"
    return f" (blocked by rfkill, {'+'.join(on)}: {helps})"


def _word(file: Path) -> str:
    return file.read_text(errors="replace").strip()


def _config(file: Path, config: Config, environ: Mapping[str, str]) -> str:
    shown = _short(file, environ)
    if config.path is None:
        return f"none at {shown}; bletui config init writes a first one"
    names = list(config.targets)
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return f"{shown} sets no default_targets; it names {', '.join(names[:3])}{more}"
    return f"{shown} names no target"


def _bridge(environ: Mapping[str, str]) -> str:
    from bletui.bridge.sockets import check, default_socket
    from bletui.failure import BleError

    path = default_socket(environ)
    try:
        check(path)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(ANSWERS_WITHIN)
            probe.connect(str(path))
    except FileNotFoundError:
        return "none runs here; bletui bridge run local: starts one"
    except ConnectionRefusedError:
        return f"none: what stands at {_short(path, environ)} is left of one that has ended"
    except BleError as unsafe:
        return unsafe.failure.detail
    except OSError as cannot:
        return f"{_short(path, environ)}: {cannot.strerror or cannot}"
    return "one runs here: bletui bridge: attaches to it"


def _short(path: Path, environ: Mapping[str, str]) -> str:
    """With `~` for the person's own folder."""
    home = environ.get("HOME", "")
    return f"~/{path.relative_to(home)}" if home not in ("", "/") and path.is_relative_to(home) else str(path)
