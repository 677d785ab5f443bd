"""A bug's report on disk: the traceback without locals, secrets taken out, readable by its owner only."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path

from bletui import __version__
from bletui.errors.redact import redacted
from bletui.text import bounded, visible

LINE_MAX = 500  # characters; messages of exceptions may hold whole bodies
LINES_MAX = 400


def crash_text(bug: BaseException) -> str:
    """The report: versions, then the traceback; every line bounded, redacted and free of control characters."""
    head = [
        f"bletui {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        "",
    ]
    # capture_locals stays off: locals hold keys, tokens and other people's data
    trace = "".join(traceback.format_exception(bug)).splitlines()
    if len(trace) > LINES_MAX:
        half = LINES_MAX // 2
        trace = [*trace[:half], f"… {len(trace) - 2 * half} lines left out …", *trace[-half:]]
    return "\n".join([*head, *(bounded(visible(redacted(line)), LINE_MAX) for line in trace), ""])


def write_report(bug: BaseException, environ: Mapping[str, str] | None = None) -> Path | None:
    """Writes the report (mode 0600) to the state folder, else to the temporary one; None where neither takes it."""
    text = crash_text(bug).encode("utf-8", "backslashreplace")
    for folder in (state_folder(os.environ if environ is None else environ), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, name = tempfile.mkstemp(prefix="bletui-crash-", suffix=".txt", dir=folder)
            with os.fdopen(number, "wb") as file:
                file.write(text)
        except OSError:
            continue  # a read-only home must not hide the bug behind a second one; the temporary folder is next
        return Path(name)
    return None


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where this user's state is kept (XDG base directories; %LOCALAPPDATA% on Windows)."""
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home()) / "bletui"
    named = environ.get("XDG_STATE_HOME", "")
    # the specification says: a relative path is to be ignored
    return (Path(named) if named.startswith("/") else Path(environ.get("HOME") or "/tmp") / ".local/state") / "bletui"
