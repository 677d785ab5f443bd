"""Where in a TOML text each key and array item stands, which `tomllib` does not tell.

Made for texts that `tomllib` has taken: only what decides about places is looked at, by TOML 1.0.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

Path = tuple[str | int, ...]  # names of tables and keys, numbers of array items, outermost first

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_SCALAR = re.compile(
    r'''"""(?:\\.|(?!""")[^\\])*"""(?!"{3})"{0,2}'''
    r"""|'''(?:(?!''').)*'''(?!'{3})'{0,2}"""
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\d{4}-\d\d-\d\d \d[^,\]}\s#]*|[^,\]}\s#]+""",
    re.DOTALL,
)


class Position(NamedTuple):
    """Both count from 1; `column` counts characters."""

    line: int
    column: int


def positions(text: str) -> dict[Path, Position]:
    """Each key and item by its path; a table has the place where it is first named."""
    return _Scan(text.replace("\r\n", "\n")).whole()


def position(text: str, offset: int) -> Position:
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: dict[Path, int] = {}
        self._elements: Counter[Path] = Counter()  # of arrays of tables, so far

    def whole(self) -> dict[Path, Position]:
        base: Path = ()
        self._skip()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                base = self._header()
            else:
                self._pair(base)
            self._skip()
        return self._placed()

    def _placed(self) -> dict[Path, Position]:
        """Offsets as lines and columns, in one pass over the text."""
        starts = [0, *(found.end() for found in re.finditer("\n", self._text))]
        placed, line = {}, 0
        for path, offset in sorted(self._found.items(), key=lambda each: each[1]):
            while line + 1 < len(starts) and starts[line + 1] <= offset:
                line += 1
            placed[path] = Position(line + 1, offset - starts[line] + 1)
        return placed

    def _skip(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _takes(self, char: str) -> bool:
        taken = self._text.startswith(char, self._at)
        self._at += len(char) if taken else 0
        return taken

    def _header(self) -> Path:
        several = self._takes("[[") or not self._takes("[")
        self._skip()
        start = self._at
        path = self._dotted(())
        self._skip()
        self._at += 2 if several else 1
        if several:
            item: Path = (*path, self._elements[path])
            self._elements[path] += 1
            self._found[item] = start
            return item
        return path

    def _dotted(self, path: Path) -> Path:
        """The path of a dotted key below `path`; each of its parts is noted."""
        while True:
            start = self._at
            path = (*path, self._name())
            self._found.setdefault(path, start)
            dot = _DOT.match(self._text, self._at)
            if dot is None:
                return path
            self._at = dot.end()
            if self._elements[path]:  # the newest element is meant
                path = (*path, self._elements[path] - 1)

    def _name(self) -> str:
        found = _KEY.match(self._text, self._at)
        assert found is not None, "tomllib has taken this text"
        self._at = found.end()
        name = found.group()
        if name[0] not in "\"'":
            return name
        import tomllib  # where there is no file, nothing needs it

        return str(tomllib.loads(f"x={name}")["x"])

    def _pair(self, base: Path) -> None:
        path = self._dotted(base)
        self._skip()
        self._at += 1  # the equals sign
        self._skip()
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening in "[{":
            self._at += 1
            self._inside(path, "]" if opening == "[" else "}")
        elif found := _SCALAR.match(self._text, self._at):
            self._at = found.end()

    def _inside(self, path: Path, end: str) -> None:
        number = 0
        self._skip()
        while not self._takes(end):
            if end == "}":
                self._pair(path)
            else:
                self._found.setdefault((*path, number), self._at)
                self._value((*path, number))
                number += 1
            self._skip()
            self._takes(",")
            self._skip()
