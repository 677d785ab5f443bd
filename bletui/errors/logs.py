"""Failures found in a log, whoever wrote it: our codes, native messages, D-Bus and exception names, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from bletui.errors.rows import Row, fold, rows, sources
from bletui.errors.tables import find
from bletui.kinds import CODES, KINDS, ErrorKind
from bletui.text import bounded, visible

LINE_MAX = 4_000  # characters of one line that are looked at
FOUND_MAX = 1_000  # different findings kept; a log of random words must not grow this
SHORTEST = 10  # characters: shorter messages ("timeout", "failure", "OK") stand in every log

_CODE = re.compile(r"\b(E\d{4})\b")
_KIND = re.compile(r"\b([a-z]+\.[a-z]+(?:-[a-z]+)*)\b")
_NUMBERS = (
    ("att", re.compile(r"\bATT error:? (0x[0-9a-f]{1,2})\b", re.IGNORECASE)),
    ("hci", re.compile(r"\b(?:HCI|disconnect) (?:status|reason|error)[:=]? (0x[0-9a-f]{1,2})\b", re.IGNORECASE)),
    ("errno", re.compile(r"\[Errno (-?\d{1,3})\]")),
    ("http.status", re.compile(r"\bHTTP/\d(?:\.\d)?\"? ([1345]\d\d)\b")),
)


@dataclass(slots=True)
class Finding:
    """One failure in a log: the words as they stood, what they mean, where and how often."""

    words: str
    kind: ErrorKind
    row: Row | None
    line: int  # of the first time, from 1
    count: int = 1


def findings(lines: Iterable[str]) -> list[Finding]:
    """Every different failure in these lines, in order of its first line."""
    found: dict[tuple[str, ErrorKind], Finding] = {}
    for number, line in enumerate(lines, 1):
        for words, kind, row in _in_line(line[:LINE_MAX]):
            key = (words.casefold(), kind)
            if key in found:
                found[key].count += 1
            elif len(found) < FOUND_MAX:
                found[key] = Finding(bounded(visible(words), 100), kind, row, number)
    return list(found.values())


def _in_line(line: str) -> Iterator[tuple[str, ErrorKind, Row | None]]:
    for match in _CODE.findall(line):
        if match in CODES:
            yield match, CODES[match], None
    for match in _KIND.findall(line):
        if match in KINDS:
            yield match, KINDS[match], None
    for source, pattern in _NUMBERS:
        for number in pattern.findall(line):
            if row := _numbered(source, number):
                yield f"{source} {number}", row.kind, row
    known, pattern = _texts()
    for match in pattern.findall(fold(line)):
        yield match, known[match].kind, known[match]


def _numbered(source: str, number: str) -> Row | None:
    if source != "errno":
        return find(source, number)
    import errno

    return find("os", errno.errorcode.get(int(number), ""), "", ()) or find("os", f"gaierror {number}")


@cache
def _texts() -> tuple[dict[str, Row], re.Pattern[str]]:
    """Messages and names that mean one kind in whichever table they stand, and a pattern that finds them."""
    meant: dict[str, Row] = {}
    unclear: set[str] = set()
    for source in sources():
        for row in rows(source):
            for text in _searchable(row):
                if meant.setdefault(text, row).kind is not row.kind:
                    unclear.add(text)
    known = {text: row for text, row in meant.items() if text not in unclear}
    words = sorted(map(re.escape, known), key=len, reverse=True)
    return known, re.compile(rf"(?<![\w.-])(?:{'|'.join(words)})(?![\w-])")


def _searchable(row: Row) -> Iterator[str]:
    code = row.code
    if row.by_text and row.message[:1] != "(" and "{" not in row.message and len(row.message) >= SHORTEST:
        yield fold(row.message)
    if not row.by_text and "." in code and "/" not in code and "|" not in code and len(code) > SHORTEST:
        yield code.casefold()
