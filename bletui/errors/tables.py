"""Native failures looked up by (source, code) and whole message; what is not there is not guessed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from bletui.errors.rows import Row, fits, fold, fold_code, number_in, parts, rows, sources
from bletui.failure import BleError


class Table(NamedTuple):
    """The rows of one source, indexed. Keys are folded; patterns keep the order of the file."""

    texts: dict[tuple[str, str], Row]
    patterns: dict[str, list[tuple[tuple[str, ...], Row]]]
    codes: dict[str, Row]
    ranges: list[tuple[int, int, Row]]
    prefixes: list[tuple[str, Row]]


def find(source: str, code: str, message: str = "", when: Iterable[str] = ()) -> Row | None:
    """The row for a failure of `source`, or None: a message counts only whole, a code only where it is unambiguous.

    `when` names circumstances, the most telling first; rows kept for one of them win over rows for the bare code.
    """
    table = _load(source)
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
    return next((row for fixed, row in table.patterns.get(key, ()) if fits(fixed, text)), None)


def _by_span(table: Table, bare: str) -> Row | None:
    number = number_in(bare)
    if number is not None:
        for low, high, row in table.ranges:
            if low <= number <= high:
                return row
    return next((row for prefix, row in table.prefixes if bare.startswith(prefix)), None)


@cache
def _load(source: str) -> Table | None:
    found = rows(source) if source in sources() else _brought(source)
    if not found:
        return None
    table = Table({}, {}, {}, [], [])
    for row in found:
        for alternative in row.code.split("|"):
            _index(table, alternative, row)
    return table


def _brought(source: str) -> tuple[Row, ...]:
    from bletui.errors.brought import brought_rows  # only who has an unknown source looks for plug-ins

    try:
        return brought_rows(source)
    except BleError:  # a failure stays what it is whatever its table is; `bletui explain` says what is wrong with that
        return ()


def _index(table: Table, code: str, row: Row) -> None:
    code, slash, word = code.partition("/")
    key = fold_code(code) + slash + word.casefold()
    low, dash, high = code.partition("-")
    if dash and (lowest := number_in(low)) is not None and (highest := number_in(high)) is not None:
        table.ranges.append((lowest, highest, row))
    elif code.endswith("*"):
        table.prefixes.append((key.removesuffix("*"), row))
    elif not row.by_text:
        table.codes[key] = row
    elif "{" in row.message:
        table.patterns.setdefault(key, []).append((parts(row.message), row))
    elif row.message.startswith("(empty"):
        table.texts[key, ""] = row
    elif not row.message.startswith("("):
        table.texts[key, fold(row.message)] = row
