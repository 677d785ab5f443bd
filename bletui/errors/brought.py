"""Tables of failures that plug-ins bring: entry points of `bletui.errors`, each a mapping from a text to its kind.

The entry point's name is the table's source. A text that is a number is a code; in others `{name}` stands for any
words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from bletui.errors.rows import Row, number_in
from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.text import visible

TABLES: Final = "bletui.errors"


@cache
def brought() -> tuple[str, ...]:
    """The sources that plug-ins bring, sorted; nothing is imported."""
    return tuple(sorted({point.name for point in entry_points(group=TABLES)}))


@cache
def brought_rows(source: str) -> tuple[Row, ...]:
    """The rows of a plug-in's table, none where there is no such; `internal.bug` names the plug-in whose is wrong."""
    return tuple(row for point in entry_points(group=TABLES, name=source) for row in _rows(point))


def sound() -> tuple[str, ...]:
    """Those sources whose tables are right; what is wrong with another is said to who asks for it by name."""
    found = []
    for source in brought():
        try:
            brought_rows(source)
        except BleError:
            continue
        found.append(source)
    return tuple(found)


def _rows(point: EntryPoint) -> list[Row]:
    try:
        table: object = point.load()
    except (Exception, SystemExit) as broken:  # an import may fail in any way; the failure names it
        raise _wrong(point, f"could not be loaded ({type(broken).__name__}: {broken})") from broken
    if not isinstance(table, Mapping):
        raise _wrong(point, f"is no mapping from texts to kinds but {type(table).__name__}")
    return [_row(point, text, kind) for text, kind in table.items()]


def _row(point: EntryPoint, text: object, kind: object) -> Row:
    if not isinstance(text, str) or not isinstance(kind, ErrorKind):
        raise _wrong(point, f"maps {text!r} to {kind!r}, which is no text and its ErrorKind")
    words = " ".join(text.split())
    code, message, by = (words, "", "") if number_in(words) is not None else ("", words, "text")
    return Row(point.name, "\t".join((code, message, kind.value, "", by, "", "high", "")))


def _wrong(point: EntryPoint, words: str) -> BleError:
    plugin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    detail = visible(f"{plugin}: its table {point.name} ({point.value}) {words}")
    return BleError(Failure(kind=ErrorKind.INTERNAL_BUG, detail=detail, evidence=(("plugin", plugin),)))
