"""Where the file is looked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

NAME = "config.toml"


def place(environ: Mapping[str, str], platform: str = sys.platform) -> PurePath:
    """The file's place where none is named; it need not be there.

    Linux and others: XDG base directories, a relative one ignored as they say; macOS: Application Support, unless XDG's
    variable is set; Windows: %APPDATA%.
    """
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    if platform == "win32":
        return PureWindowsPath(environ.get("APPDATA") or PureWindowsPath(home, "AppData", "Roaming"), "bletui", NAME)
    named = environ.get("XDG_CONFIG_HOME", "")
    if named.startswith("/"):
        return PurePosixPath(named, "bletui", NAME)
    if platform == "darwin":
        return PurePosixPath(home or "/", "Library", "Application Support", "bletui", NAME)
    return PurePosixPath(home or "/", ".config", "bletui", NAME)


def named(flag: str | None, environ: Mapping[str, str]) -> Path | None:
    """The file that was asked for, by `--config` or `BLETUI_CONFIG`; it has to be there. None: none was."""
    words = flag if flag is not None else environ.get("BLETUI_CONFIG") or None
    return None if words is None else at_home(words, environ)


def at_home(words: str, environ: Mapping[str, str]) -> Path:
    """A path with its leading `~/` filled in."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(home, words[2:]) if home and words.startswith("~/") else Path(words)
