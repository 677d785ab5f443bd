"""A credential that a command prints: run without a shell or a terminal, within a time, and read up to a bound."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

from bletui.config.credentials import SIZE_MAX, refused


def printed(name: str, argv: Sequence[str], within: float, environ: Mapping[str, str]) -> bytes:
    """What the command printed when it ended well. Its stderr is dropped: it may tell what must not be told.

    It has a session of its own, so that it can't ask on the terminal that the console draws on, and so that all it
    started ends with it. Raises `BleError` (`auth.refused`) with the program's name alone: arguments may be private.
    """
    ends = time.monotonic() + within
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except (OSError, ValueError) as cannot:
        why = getattr(cannot, "strerror", None) or "it can't be run"
        raise refused(name, f"the command {argv[0]}: {why}") from None
    assert process.stdout is not None
    try:
        output = _read(process.stdout, ends)
        too_long = output is not None and len(output) > SIZE_MAX  # refused for that, however it would end
        code = None if output is None else 0 if too_long else _ended(process, ends)
    finally:
        with suppress(ProcessLookupError):  # the group, also where the command itself has ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    if output is None or code is None:
        raise refused(name, f"the command {argv[0]} has not ended within {within:g} s")
    if code != 0:
        raise refused(name, f"the command {argv[0]} ended with status {code}: run it by hand to see why")
    return output


def _read(stdout: IO[bytes], ends: float) -> bytes | None:
    """Everything up to the end, or a byte more than is allowed; None where time ran out."""
    read = b""
    with selectors.DefaultSelector() as ready:
        ready.register(stdout, selectors.EVENT_READ)
        while len(read) <= SIZE_MAX:
            if not ready.select(max(0.0, ends - time.monotonic())):
                return None
            piece = os.read(stdout.fileno(), SIZE_MAX)
            if not piece:
                return read
            read += piece
    return read


def _ended(process: subprocess.Popen[bytes], ends: float) -> int | None:
    try:
        return process.wait(max(0.01, ends - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
