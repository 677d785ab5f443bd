"""What is decided before Textual is imported: how to draw, and whether there is a terminal to draw on at all."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bletui.config.file import Config
from bletui.config.settings import THEMES, ThemeName

__all__ = ["THEMES", "Found", "Look", "Settings", "Source", "Terminal", "ThemeName", "decide", "refusal"]

NO_FILE = Config()
FAST, SLOW = 4.0, 1.0  # data frames per second


# What this machine has, as labels and words; asked where no radio can scan, with the adapters that radios know.
Found = Callable[[Collection[str]], Iterable[tuple[str, str]]]


class Source(NamedTuple):
    """`path`: where the file is, or would be; `read` takes everything anew, and raises `BleError` where it is wrong."""

    path: Path
    read: Callable[[], Settings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person asked for; None leaves the choice to the terminal and the environment."""

    theme: ThemeName | None = None
    ascii: bool | None = None
    slow: bool | None = None  # True: --slow, False: --fast
    mouse: bool = True
    active: bool = False  # scan actively: ask for scan responses
    read_only: bool = False  # the seat is a reader's
    filter: str = ""
    found: Found | None = None  # where no target was named
    config: Config = NO_FILE  # what the file names: filters, credentials, devices, keys
    source: Source | None = None  # where all this comes from, to be read again
    state: Callable[[], Path] | None = None  # the file that pins and hints last in, when asked; None: they do not


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """What is known of the terminal. `encoding` is that of stderr, which Textual draws on."""

    environ: Mapping[str, str]
    stdin_is_tty: bool
    stderr_is_tty: bool
    encoding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the console draws. `forced`: the pace was asked for and is kept even when the terminal answers no query."""

    theme: ThemeName
    ascii: bool
    slow: bool
    forced: bool = False

    @property
    def frames(self) -> float:
        return SLOW if self.slow else FAST


def refusal(terminal: Terminal) -> str | None:
    """Why no console can be drawn there, in one sentence; None where it can."""
    if not terminal.stdin_is_tty or not terminal.stderr_is_tty:
        return "the console needs a terminal on stdin and stderr"
    if terminal.environ.get("TERM", "") in ("dumb", ""):
        return f"a terminal of type {terminal.environ.get('TERM') or '(unset)'} cannot be drawn on"
    return None


def decide(settings: Settings, terminal: Terminal) -> Look:
    """The look: what was asked for, else what the environment tells."""
    environ = terminal.environ
    slow = bool(environ.get("SSH_CONNECTION")) if settings.slow is None else settings.slow
    return Look(
        theme=settings.theme or _theme(environ, slow=slow),
        ascii=not _is_utf8(terminal.encoding) if settings.ascii is None else settings.ascii,
        slow=slow,
        forced=settings.slow is not None,
    )


def _theme(environ: Mapping[str, str], *, slow: bool) -> ThemeName:
    if environ.get("NO_COLOR"):  # no-color.org: present and not empty
        return "mono"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "bletui"
    # 256 colours are colours enough at a desk; over a slow link the sixteen cost half the bytes.
    many = "256color" in environ.get("TERM", "") or environ.get("TERM", "").endswith(("kitty", "-direct"))
    return "bletui" if many and not slow else "ansi"


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False
