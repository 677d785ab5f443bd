"""What bletui runs in: versions, terminal, folders; the ladder below every target's own."""

from __future__ import annotations

import codecs
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bletui import __version__
from bletui.crash import state_folder
from bletui.decode import names
from bletui.model import Rung

PACKAGES = ("textual", "httpx", "bleak", "msgpack", "starlette", "uvicorn")
OPTIONAL = frozenset({"starlette", "uvicorn"})  # the extra router-api
OLD = 18  # months after which a table of names lacks what new devices send
UNDATED = "undated"
SMALLEST, COMPLETE = (60, 20), (80, 24)  # columns, rows: the console drops columns below, and everything is there from


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What was found, as values. `size`: columns and rows of the terminal; `encoding`: stderr's; None: not known."""

    environ: Mapping[str, str]
    terminal: bool
    size: tuple[int, int]
    encoding: str | None
    tmux_clipboard: str | None
    packages: Mapping[str, str | None]
    root: bool
    state_folder: Path
    state_problem: str | None
    today: date


def surroundings() -> Surroundings:
    """Looks around; the only part that touches the machine."""
    environ = dict(os.environ)
    folder = state_folder(environ)
    size = shutil.get_terminal_size()
    return Surroundings(
        environ=environ,
        terminal=sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty(),
        size=(size.columns, size.lines),
        encoding=None if sys.stderr is None else sys.stderr.encoding,
        tmux_clipboard=_tmux_clipboard() if environ.get("TMUX") else None,
        packages={name: _version(name) for name in PACKAGES},
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        state_folder=folder,
        state_problem=_unwritable(folder),
        today=date.today(),
    )


def examine(found: Surroundings) -> Iterator[Rung]:
    """The rungs of the surroundings, in order."""
    yield Rung("bletui", "ok", f"{__version__}, Python {platform.python_version()}, {platform.system()}")
    for name, installed in found.packages.items():
        if installed is not None:
            yield Rung(name, "ok", installed)
        elif name in OPTIONAL:
            yield Rung(name, "skipped", "not installed; needed by `bletui bridge run --router-api` only")
        else:
            yield Rung(name, "fail", f"not installed: pip install {name}")
    yield from _terminal(found)
    if found.environ.get("SSH_CONNECTION"):
        yield Rung("link", "ok", "over SSH: the console is slow by default (1 frame/s); --fast overrides")
    if found.environ.get("TMUX"):
        yield _clipboard(found.tmux_clipboard)
    if found.root:
        yield Rung("user", "warn", "root: files that bletui writes will belong to root; no target needs it")
    if found.state_problem:
        yield Rung("state folder", "warn", f"{found.state_folder}: {found.state_problem}")
    else:
        yield Rung("state folder", "ok", str(found.state_folder))
    yield _name_tables({table: _month(line) for table, line in names.sources().items()}, found.today)


def _terminal(found: Surroundings) -> Iterator[Rung]:
    term, columns, rows = found.environ.get("TERM", ""), *found.size
    size = f"{columns}x{rows}"
    if not found.terminal:
        yield Rung("terminal", "skipped", "none on stdin and stderr: the console needs one, commands do not")
    elif term in ("", "dumb"):
        yield Rung("terminal", "warn", f"TERM={term or '(unset)'}: the console can't draw on it, commands can")
    elif columns < SMALLEST[0] or rows < SMALLEST[1]:
        yield Rung("terminal", "warn", f"{term}, {size}: too small for the console (60x20; complete from 80x24)")
    else:
        yield Rung("terminal", "ok", f"{term}, {size}, {_colours(found.environ)}")
    if found.encoding is None or codecs.lookup(found.encoding).name != "utf-8":
        yield Rung("encoding", "warn", f"{found.encoding or 'unknown'}: drawn with ASCII; set LANG to a UTF-8 locale")
    else:
        yield Rung("encoding", "ok", found.encoding)


def _name_tables(months: Mapping[str, str], today: date) -> Rung:
    told = ", ".join(f"{table} {month}" for table, month in months.items())
    old = [table for table, month in months.items() if month != UNDATED and _age(month, today) > OLD]
    if not old:
        return Rung("name tables", "ok", told)
    return Rung("name tables", "warn", f"{told}: newer names are missing from {', '.join(old)}; update bletui")


def _age(month: str, today: date) -> int:
    """In months."""
    return (today.year - int(month[:4])) * 12 + today.month - int(month[5:])


def _month(source: str) -> str:
    """The oldest date in a table's first line."""
    return min(re.findall(r"\d{4}-\d{2}", source), default=UNDATED)


def _colours(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256color" in environ.get("TERM", "") else "16 colours"


def _clipboard(setting: str | None) -> Rung:
    if setting == "on":
        return Rung("tmux clipboard", "ok", "set-clipboard on")
    what = f"set-clipboard {setting}" if setting else "set-clipboard unknown"
    return Rung("tmux clipboard", "warn", f"{what}: copying does nothing; tmux set -s set-clipboard on")


def _tmux_clipboard() -> str | None:
    try:
        asked = subprocess.run(
            ["tmux", "show-options", "-sv", "set-clipboard"], capture_output=True, text=True, timeout=2, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # shown as unknown
    return asked.stdout.strip() or None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _unwritable(folder: Path) -> str | None:
    """Why nothing can be written to `folder`, which need not exist yet; None where it can."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir():
        return f"{existing} is not a folder"
    return None if os.access(existing, os.W_OK | os.X_OK) else f"no permission to write to {existing}"
