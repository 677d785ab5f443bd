"""Patterns of `*` and `?`, compared without case."""

from __future__ import annotations

import re
from collections.abc import Callable

_WILD = re.compile(r"(\*+|\?)")


def matcher(pattern: str) -> Callable[[str], bool]:
    """A test for case-folded text. Time grows with its length alone: what a star has taken is not given back."""
    folded = pattern.casefold()
    if not _WILD.search(folded):
        return folded.__eq__
    if folded.endswith("*") and not _WILD.search(folded[:-1]):
        start = folded[:-1]
        return lambda text: text.startswith(start)
    return _expression(folded)


def _expression(pattern: str) -> Callable[[str], bool]:
    head, *rest = [_literal(part) for part in re.split(r"\*+", pattern)]
    *middle, tail = rest or [""]
    found = re.compile(
        head + "".join(f"(?>.*?{part})" for part in middle) + (f".*{tail}" if rest else ""), re.DOTALL
    ).fullmatch
    return lambda text: found(text) is not None


def _literal(part: str) -> str:
    return ".".join(map(re.escape, part.split("?")))
