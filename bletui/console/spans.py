"""Lines as values: text with a role, measured in terminal cells. A role becomes a style only where it is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

from rich.cells import cell_len as measured
from rich.cells import set_cell_size

Role = Literal[
    "plain", "dim", "strong", "accent", "title", "rule", "ok", "warn", "error", "bug", "key", "mark",
    "cursor", "cursor-away", "quiet", "signal",
]  # fmt: skip


class Span(NamedTuple):
    text: str
    role: Role = "plain"


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    """A line of spans; bare strings are plain, empty ones are left out."""
    return tuple(span for span in (Span(part) if isinstance(part, str) else part for part in parts) if span.text)


def joined(spans: Iterable[Span]) -> Line:
    """The same line in as few spans as can be: each costs a colour code."""
    return tuple(Span(words(same), role) for role, same in groupby(spans, key=attrgetter("role")))


def words(spans: Iterable[Span]) -> str:
    return "".join(span.text for span in spans)


def cell_len(text: str) -> int:
    """Terminal cells of a text without control characters; most of it is ASCII, which need not be looked up."""
    return len(text) if text.isascii() else measured(text)


def width(spans: Iterable[Span]) -> int:
    """Terminal cells."""
    return sum(cell_len(span.text) for span in spans)


def cell(text: str, size: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """`text` in exactly `size` cells; what is cut is marked."""
    length = cell_len(text)
    if length == size:
        return text
    if length < size:
        return " " * (size - length) + text if right else text + " " * (size - length)
    if size < 1:
        return ""
    return set_cell_size(text, size - 1) + ellipsis


def fit(spans: Line, size: int, *, ellipsis: str = "…") -> Line:
    """`spans` in exactly `size` cells: cut with a mark, or padded."""
    fitted: list[Span] = []
    left = size
    for span in spans:
        length = cell_len(span.text)
        if length > left:
            if left > 0:
                fitted.append(Span(cell(span.text, left, ellipsis=ellipsis), span.role))
            return tuple(fitted)
        fitted.append(span)
        left -= length
    return (*fitted, Span(" " * left)) if left else tuple(fitted)


def spread(left: Line, right: Line, size: int) -> Line:
    """`left` and `right` at the two ends of `size` cells; what stands left gives way, with a blank between."""
    room = size - width(right)
    if room < 1:
        return fit(right, size)
    if right and width(left) >= room:
        return (*fit(left, room - 1), Span(" "), *right)
    return (*fit(left, room), *right)


def ruled(title: Line, size: int, dash: str) -> Line:
    """A rule with a title sitting in it."""
    head = (Span(f" {dash}{dash} ", "rule"), *title, Span(" ", "rule"))
    rest = size - width(head)
    return fit((*head, Span(dash * max(0, rest), "rule")), size)


def wrapped(text: str, size: int) -> list[str]:
    """`text` in lines of at most `size` cells, broken at blanks where there are any."""
    lines: list[str] = []
    for word in text.split(" "):
        while cell_len(word) > size:
            head = set_cell_size(word, size).rstrip() or word[0]
            if lines and cell_len(lines[-1]) < size // 2:
                head = set_cell_size(word, size - cell_len(lines[-1]) - 1)
                lines[-1] += " " + head
            else:
                lines.append(head)
            word = word[len(head) :]
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= size:
            lines[-1] += " " + word
        elif word or not lines:
            lines.append(word)
    return lines


_WORDS = re.compile(" +|[^ ]+")


def broken(spans: Line, size: int) -> list[Line]:
    """The same words in lines of at most `size` cells, broken at blanks, each below the first indented as that is."""
    if width(spans) <= size:
        return [spans]
    text = words(spans)
    indent = min(len(text) - len(text.lstrip(" ")), size // 2)
    lines: list[list[Span]] = [[]]
    left = size
    for span in spans:
        for found in _WORDS.findall(span.text):
            word = found
            while cell_len(word) > left:
                if left == size - indent or word.isspace():
                    head = "" if word.isspace() else set_cell_size(word, left).rstrip() or word[0]
                    lines[-1].append(Span(head, span.role))
                    word = word[len(head) :].lstrip(" ")
                lines.append([Span(" " * indent)])
                left = size - indent
            if word and not (word.isspace() and left == size - indent and len(lines) > 1):
                lines[-1].append(Span(word, span.role))
                left -= cell_len(word)
    return [joined(span for span in one if span.text) for one in lines]
