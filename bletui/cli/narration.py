"""What a command says beside its data: on stderr, in words or (with `--json`) as one object per line."""

from __future__ import annotations

import json as _json
import sys
from collections.abc import Mapping

from bletui.cli.records import failure_object
from bletui.failure import BleError, Failure
from bletui.text import visible

CARD_WIDTH = 80


def one_line(failure: Failure) -> str:
    return visible(str(BleError(failure)))


def card(failure: Failure, *, width: int) -> list[str]:
    return [one_line(failure)]


def say(words: str, record: Mapping[str, object] | None = None, *, json: bool = False) -> None:
    """One line of narration: `words`, or `record` where the command speaks JSON."""
    if sys.stderr is not None:  # closed (2>&-): print would fall back to stdout, which is data
        text = object_line(record or {"schema": "bletui.note/1", "text": words}) if json else words
        print(text, file=sys.stderr, flush=True)


def complain(failure: Failure, *, json: bool) -> None:
    """The failure that ended a command: its card, one line for wrong usage, or one object."""
    if failure.kind.exit_code == 2 and not failure.message:
        words = one_line(failure)
    else:
        words = "\n".join(card(failure, width=CARD_WIDTH))
    say(words, failure_object(failure), json=json)


def object_line(record: Mapping[str, object]) -> str:
    """One JSON object on one line, ASCII only: nothing in it can act on a terminal."""
    return _json.dumps(record, separators=(",", ":"), allow_nan=False)
