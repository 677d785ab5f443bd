"""Words laid out in columns of a terminal: wrapped, cut, measured in cells."""

from __future__ import annotations


def cells(text: str) -> int:
    """How many columns `text` takes; wide characters take two, marks none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most `width` columns; the first begins with `first`, the others with `rest` (blanks as long)."""
    rest = " " * cells(first) if rest is None else rest
    lines, line, used = [], first, cells(first)
    empty = True
    for word in text.split():
        for piece in _pieces(word, max(8, width - cells(rest))):
            need = cells(piece) + (0 if empty else 1)
            if used + need > width and not empty:
                lines.append(line)
                line, used, empty, need = rest, cells(rest), True, cells(piece)
            line += piece if empty else f" {piece}"
            used += need
            empty = False
    return [*lines, line.rstrip()]


def cut(text: str, width: int) -> str:
    """At most `width` columns of `text`; `…` marks what is cut."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[: min(len(text) - 1, width - 1)]
    return text + "…"


def _pieces(word: str, width: int) -> list[str]:
    if cells(word) <= width:
        return [word]
    step = max(1, width // 2 if cells(word) > len(word) else width)
    return [word[start : start + step] for start in range(0, len(word), step)]
