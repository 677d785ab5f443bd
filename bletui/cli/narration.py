"""What a command says beside its data: on stderr, in words or (with `--json`) as one object per line."""

from __future__ import annotations

import json as _json
import os
import sys
from collections.abc import Mapping

from bletui.cli.records import failure_object
from bletui.errors.card import card, one_line
from bletui.failure import ErrorKind, Failure


def say(words: str, record: Mapping[str, object], *, json: bool) -> None:
    """One line of narration: `words`, or `record` where the command speaks JSON."""
    if sys.stderr is None:  # closed (2>&-): print would fall back to stdout, which is data
        return
    try:
        print(object_line(record) if json else words, file=sys.stderr, flush=True)
    except OSError:  # a terminal that hung up: nobody is there to be told, and the exit code tells the rest
        let_go_of(2)


def complain(failure: Failure, *, json: bool) -> None:
    """The failure that ended a command: its card, one line for wrong usage, or one object."""
    usage = failure.kind is ErrorKind.REQUEST_INVALID and not failure.message
    say(one_line(failure) if usage else "\n".join(card(failure, keys=False)), failure_object(failure), json=json)


def let_go_of(number: int) -> None:
    """Leaves nothing for the interpreter to flush into a stdout (1) or stderr (2) that takes no more."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)


def object_line(record: Mapping[str, object]) -> str:
    """One JSON object on one line, ASCII only: nothing in it can act on a terminal."""
    return _json.dumps(record, separators=(",", ":"), allow_nan=False)
