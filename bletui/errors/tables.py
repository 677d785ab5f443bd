"""Native failures by source: `native/<source>.tsv`, read on first use, looked up by (source, code) and whole message.

Columns: code, message, kind, retry (blank: the kind's), by (blank: the code decides and the message is a sample;
`text`: the whole message must match too), flags (`done`: the far side is already where the call wanted it),
confidence, note. In a code `|` separates alternatives, `0x14-0x7F` is a range, a final `*` a prefix and `/word` a
circumstance (an operation, a phase) in which the row comes first. In a message `{name}` stands for any words and a
message in parentheses describes: `(empty…)` matches the empty text, others match nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from bletui.kinds import KINDS, ErrorKind, Retry

FOLDER = os.path.join(os.path.dirname(__file__), "native")  # noqa: PTH118, PTH120 - pathlib costs `explain` 3 ms
SUFFIX = ".tsv"

_BLANKS = re.compile(r"\s+")
_HOLE = re.compile(r"\\\{\w+\\\}")
_RANGE = re.compile(r"(\w+)-(\w+)")


class Row(NamedTuple):
    """One native failure: where it comes from, its words, the one kind it is."""

    source: str
    code: str
    message: str
    kind: ErrorKind
    retry: Retry | None
    by_text: bool
    done: bool
    confidence: str
    note: str


class Table(NamedTuple):
    """The rows of one source, indexed. Keys are folded; patterns keep the order of the file."""

    rows: tuple[Row, ...]
    texts: dict[tuple[str, str], Row]
    patterns: dict[str, list[tuple[re.Pattern[str], Row]]]
    codes: dict[str, Row]
    ranges: list[tuple[int, int, Row]]
    prefixes: list[tuple[str, Row]]


def fold(text: str) -> str:
    """The form in which messages are compared: case, blanks, quotes around and a final full stop do not count."""
    return _BLANKS.sub(" ", text).strip(' "').rstrip(".!").casefold()


def fold_code(code: str) -> str:
    """The form in which codes are compared: `0x0E`, `0x0e` and `14` are one, names fold case."""
    number = _number(code)
    return code.strip().casefold() if number is None else str(number)


def find(source: str, code: str, message: str = "", when: Iterable[str] = ()) -> Row | None:
    """The row for a failure of `source`, or None: a message counts only whole, a code only where it is unambiguous.

    `when` names circumstances, the most telling first; rows kept for one of them win over rows for the bare code.
    """
    table = load(source)
    if table is None:
        return None
    bare = fold_code(code)
    keys = [f"{bare}/{word.casefold()}" for word in when]
    keys.append(bare)
    text = fold(message)
    for key in keys:
        if row := _by_text(table, key, text):
            return row
    for key in keys:
        if row := table.codes.get(key):
            return row
    return _by_span(table, bare)


def _by_text(table: Table, key: str, text: str) -> Row | None:
    if row := table.texts.get((key, text)):
        return row
    return next((row for pattern, row in table.patterns.get(key, ()) if pattern.fullmatch(text)), None)


def _by_span(table: Table, bare: str) -> Row | None:
    number = _number(bare)
    if number is not None:
        for low, high, row in table.ranges:
            if low <= number <= high:
                return row
    return next((row for prefix, row in table.prefixes if bare.startswith(prefix)), None)


@cache
def sources() -> tuple[str, ...]:
    """The names of all native sources, sorted."""
    return tuple(sorted(name.removesuffix(SUFFIX) for name in os.listdir(FOLDER) if name.endswith(SUFFIX)))  # noqa: PTH208


@cache
def load(source: str) -> Table | None:
    """The table of `source`, read once; None if there is none."""
    if source not in sources():
        return None
    return _indexed(tuple(rows(source)))


def rows(source: str) -> Iterable[Row]:
    """The rows of `source` in the order of the file."""
    with open(os.path.join(FOLDER, source + SUFFIX), encoding="utf-8") as lines:  # noqa: PTH118, PTH123
        next(lines)
        for line in lines:
            code, message, kind, retry, by, flags, confidence, note = line.rstrip("\n").split("\t")
            known: Retry | None = retry or None  # type: ignore[assignment] # a test reads every row
            yield Row(source, code, message, KINDS[kind], known, by == "text", flags == "done", confidence, note)


def _indexed(found: tuple[Row, ...]) -> Table:
    table = Table(found, {}, {}, {}, [], [])
    for row in found:
        for alternative in row.code.split("|"):
            _index(table, alternative, row)
    return table


def _index(table: Table, code: str, row: Row) -> None:
    code, slash, word = code.partition("/")
    key = fold_code(code) + slash + word.casefold()
    span = _RANGE.fullmatch(code)
    if span and (low := _number(span[1])) is not None and (high := _number(span[2])) is not None:
        table.ranges.append((low, high, row))
    elif code.endswith("*"):
        table.prefixes.append((key.removesuffix("*"), row))
    elif not row.by_text:
        table.codes[key] = row
    elif "{" in row.message:
        table.patterns.setdefault(key, []).append((_pattern(row.message), row))
    elif row.message.startswith("(empty"):
        table.texts[key, ""] = row
    elif not row.message.startswith("("):
        table.texts[key, fold(row.message)] = row


def _pattern(message: str) -> re.Pattern[str]:
    return re.compile(_HOLE.sub(".*", re.escape(fold(message))), re.DOTALL)


def _number(text: str) -> int | None:
    digits = text.strip()
    if not digits or not digits.lstrip("-")[:1].isdigit():
        return None
    try:
        return int(digits, 16) if digits[:2] in ("0x", "0X") else int(digits)
    except ValueError:
        return None
