"""Native failures as they stand in the files: `native/<source>.tsv`, one row each.

Columns: code, message, kind, retry (blank: the kind's), by (blank: the code decides and the message is a sample;
`text`: the whole message must match too), flags (`done`: the far side is already where the call wanted it),
confidence, note. In a code `|` separates alternatives, `0x14-0x7F` is a range, a final `*` a prefix and `/word` a
circumstance (an operation, a phase) in which the row comes first. In a message `{name}` stands for any words and a
message in parentheses describes: `(empty…)` matches the empty text, others match nothing.
"""

from __future__ import annotations

import os
from functools import cache

from bletui.kinds import KINDS, TYPE_CHECKING, ErrorKind

if TYPE_CHECKING:
    from bletui.kinds import Retry

FOLDER = os.path.join(os.path.dirname(__file__), "native")  # noqa: PTH118, PTH120 - pathlib costs `explain` 3 ms
SUFFIX = ".tsv"


class Row:
    """One native failure: where it comes from, its words, the one kind it is."""

    __slots__ = ("by_text", "code", "confidence", "done", "kind", "message", "note", "retry", "source")

    def __init__(self, source: str, line: str) -> None:
        code, message, kind, retry, by, flags, confidence, note = line.split("\t")
        self.source = source
        self.code = code
        self.message = message
        self.kind = KINDS[kind]
        self.retry: Retry | None = retry or None  # type: ignore[assignment] # a test reads every row
        self.by_text = by == "text"
        self.done = flags == "done"
        self.confidence = confidence
        self.note = note


@cache
def sources() -> tuple[str, ...]:
    """The names of all native sources, sorted."""
    return tuple(sorted(name.removesuffix(SUFFIX) for name in os.listdir(FOLDER) if name.endswith(SUFFIX)))  # noqa: PTH208


@cache
def rows(source: str) -> tuple[Row, ...]:
    """The rows of `source` in the order of its file, read once."""
    return tuple(Row(source, line) for line in _lines(source))


def rows_of(kind: ErrorKind) -> tuple[Row, ...]:
    """Every row of one kind, by source; other lines are not even split."""
    column = f"\t{kind.value}\t"
    return tuple(Row(source, line) for source in sources() for line in _lines(source) if column in line)


def fold(text: str) -> str:
    """The form in which messages are compared: case, blanks, quotes around and a final full stop do not count."""
    return " ".join(text.split()).strip(' "').rstrip(".!").casefold()


def fold_code(code: str) -> str:
    """The form in which codes are compared: `0x0E`, `0x0e` and `14` are one, names fold case."""
    number = number_in(code)
    return code.strip().casefold() if number is None else str(number)


def number_in(text: str) -> int | None:
    """The number that a code is, decimal or `0x…`; None for a name."""
    digits = text.strip()
    if not digits or not digits.lstrip("-")[:1].isdigit():
        return None
    try:
        return int(digits, 16) if digits[:2] in ("0x", "0X") else int(digits)
    except ValueError:
        return None


def parts(message: str) -> tuple[str, ...]:
    """The fixed words of a message around its holes, folded; one part where it has none."""
    first, *others = fold(message).split("{")
    return (first, *(other.partition("}")[2] for other in others))


def fits(fixed: tuple[str, ...], text: str) -> bool:
    """Whether a folded text is these parts in order with anything between them."""
    if len(fixed) == 1:
        return text == fixed[0]
    first, *middle, last = fixed
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


@cache
def _lines(source: str) -> tuple[str, ...]:
    with open(os.path.join(FOLDER, source + SUFFIX), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        return tuple(file.read().split("\n")[1:-1])
