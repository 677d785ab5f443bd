"""What a person typed (a code, a kind, a native message, a number) to the rows and kinds it may mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bletui.errors.tables import Row, find, fold, fold_code, load, rows, sources
from bletui.kinds import CODES, KINDS, ErrorKind

# What people call a space of numbers, where it is not the table's own name or its start.
_SPACES = {
    "errno": ("os",),
    "verify": ("ssl.verify_code",),
    "x509": ("ssl.verify_code",),
    "http": ("http.status", "cassia.http"),
    "mgmt": ("bluez.mgmt",),
    "dbus": ("bluez.dbus",),
    "cb": ("corebluetooth.CBErrorDomain",),
    "macos": ("corebluetooth.CBErrorDomain",),
    "windows": ("winrt",),
    "gatt": ("att",),
}


class Meaning(NamedTuple):
    """One thing that the words may mean; `row` is None for one of our own kinds."""

    kind: ErrorKind
    row: Row | None


def meanings(what: str) -> list[Meaning]:
    """Everything that `what` may mean, our own names first; empty if nothing knows it."""
    word = what.strip()
    own = CODES.get(word.upper()) or KINDS.get(word.lower()) or KINDS.get(word.lower().replace("_", ".", 1))
    if own is not None:
        return [Meaning(own, None)]
    space, colon, rest = word.partition(":")
    if colon and (named := _space(space)):
        return _distinct(_in_sources(named, rest.strip().strip("\"'")))
    return _distinct(_in_sources(sources(), word, ranges=False))


def nearest(what: str, limit: int = 3) -> list[str]:
    """Names and messages that look like `what`, the likest first."""
    from difflib import get_close_matches

    known = {name.casefold(): name for name in (*CODES, *KINDS)}
    for source in sources():
        known |= {fold(row.message): row.message for row in rows(source) if row.by_text and row.message[:1] not in "({"}
    return [known[match] for match in get_close_matches(fold(what), known, limit, 0.6)]


def _space(name: str) -> tuple[str, ...]:
    name = name.strip().casefold()
    if name in _SPACES:
        return _SPACES[name]
    return tuple(
        source for source in sources() if source.casefold() == name or source.casefold().startswith(name + ".")
    )


def _in_sources(names: Iterable[str], word: str, *, ranges: bool = True) -> Iterator[Row]:
    for source in names:
        yield from _by_code(source, word, ranges)
        yield from _by_message(source, word)


def _by_code(source: str, word: str, ranges: bool) -> Iterator[Row]:
    """Rows whose code is `word`; `0x3e` means only codes that their own specification writes in hex.

    A range answers for its space only: a bare number would always fall into several.
    """
    if not word or (word.casefold().startswith("0x") and not _is_hex(source)):
        return
    code = fold_code(word)
    bare = [row for row in rows(source) if code in map(fold_code, row.code.partition("/")[0].split("|"))]
    whole = [row for row in rows(source) if row.code.casefold() == word.casefold()]
    yield from whole or bare
    if ranges and not (whole or bare) and code.lstrip("-").isdigit() and (row := find(source, word)):
        yield row


def _by_message(source: str, word: str) -> Iterator[Row]:
    text = fold(word)
    if not text or text.lstrip("-").isdigit():
        return
    exact = [row for row in rows(source) if fold(row.message) == text and row.message[:1] != "("]
    yield from exact
    table = load(source)
    if not exact and table is not None:
        for patterns in table.patterns.values():
            yield from (row for pattern, row in patterns if pattern.fullmatch(text))


def _is_hex(source: str) -> bool:
    return any(row.code[:2] == "0x" or "0x" in row.code for row in rows(source))


def _distinct(found: Iterable[Row]) -> list[Meaning]:
    return [Meaning(row.kind, row) for row in dict.fromkeys(found)]
