"""How a command ends that did not end by itself: what is printed on stderr, and the exit code."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace

from bletui.cli.narration import complain, let_go_of
from bletui.crash import write_report
from bletui.errors import classify
from bletui.failure import BleError, ErrorKind, Failure

HUNG_UP = 128 + 1
INTERRUPTED = 128 + 2
READER_GONE = 128 + 13  # what a filter killed by SIGPIPE shows

_UNWRITABLE = {errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT}


def ended_by(ending: BaseException, *, json: bool) -> int:
    """Says why on stderr (as one object with `json`) and returns the exit code; a bug leaves a crash report."""
    match ending:
        case BleError(failure=failure):
            complain(failure, json=json)
            return failure.kind.exit_code
        case KeyboardInterrupt():
            return INTERRUPTED
        case BrokenPipeError():
            let_go_of(1)
            return READER_GONE
        case OSError(errno=errno.EIO) if ending.filename is None and stat.S_ISCHR(os.fstat(1).st_mode):
            let_go_of(1)
            return HUNG_UP  # the terminal went away before its signal was seen
        case OSError(errno=number) if number in _UNWRITABLE and ending.filename is None:
            let_go_of(1)
            failure = classify(ending, backend="bletui", operation="print")
            complain(replace(failure, detail="stdout takes no more"), json=json)
            return failure.kind.exit_code
        case _:
            complain(_bug(ending), json=json)
            return ErrorKind.INTERNAL_BUG.exit_code


def _bug(bug: BaseException) -> Failure:
    seen = classify(bug, backend="bletui", operation="")
    report = write_report(bug)
    where = f"report: {report}" if report else "no folder takes a report"
    return Failure(
        kind=ErrorKind.INTERNAL_BUG, source="python", code=type(bug).__name__, message=seen.message, detail=where
    )
