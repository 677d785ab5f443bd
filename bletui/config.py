"""What comes from outside the command line: credentials by reference, and the folder for state.

A credential named KEY is looked for, in this order, in the environment variable `BLETUI_SECRET_KEY`, in the file that
`BLETUI_SECRET_KEY_FILE` names (readable by its owner only), and among systemd's credentials as `bletui.KEY`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bletui.backend import Env
from bletui.clock import Clock
from bletui.crash import state_folder
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.text import bounded, visible

PREFIX = "BLETUI_SECRET_"


def env(radio: str = "", clock: Clock | None = None, environ: Mapping[str, str] | None = None) -> Env:
    """What every backend is given here; `environ` is the process's unless another is handed in."""
    where = os.environ if environ is None else environ
    return Env(
        radio=radio,
        clock=clock or Clock(),
        secret=partial(secret, environ=where),
        state_folder=state_folder(where),
    )


def secret(name: str, *, environ: Mapping[str, str]) -> str:
    """The credential called `name`. Raises `BleError` (`auth.refused`) that says where it was looked for."""
    variable = PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())
    if value := environ.get(variable):
        return value
    if file := environ.get(f"{variable}_FILE"):
        return _read(Path(file), name)
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        credential = Path(folder) / f"bletui.{name}"
        if "/" not in name and credential.is_file():
            return _content(credential, name)
    raise _refused(name, f"set {variable} or {variable}_FILE")


def _read(path: Path, name: str) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as unreadable:
        raise _refused(name, f"{path}: {unreadable.strerror}") from unreadable
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _refused(name, f"{path} is open to others (mode {stat.S_IMODE(mode):04o}): chmod 600")
    return _content(path, name)


def _content(path: Path, name: str) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        raise _refused(name, f"{path} can't be read as text: {type(unreadable).__name__}") from unreadable


def _refused(name: str, detail: str) -> BleError:
    words = bounded(visible(f"no credential named {name!r}: {detail}"), 300)
    return BleError(Failure(kind=ErrorKind.AUTH_REFUSED, operation="credential", detail=words))
