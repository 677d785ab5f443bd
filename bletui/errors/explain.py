"""What is known of a kind or of a native row, as a page of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bletui.errors.actions import ACTIONS
from bletui.errors.card import WAITING, card, one_line
from bletui.errors.facts import filled
from bletui.errors.guide import guide
from bletui.errors.layout import cells, wrapped
from bletui.errors.rules import Remedy
from bletui.errors.tables import Row, rows, sources
from bletui.kinds import ErrorKind

__all__ = ["card", "explained", "one_line", "seen_as"]

SEEN_MAX = 12  # native rows on a terminal page; the documentation has all


def explained(kind: ErrorKind, native: Row | None = None, *, width: int = 80, seen: Iterable[Row] = ()) -> list[str]:
    """The page of one kind; `native` is the row that led here, `seen` the rows to list at the end."""
    page = guide(kind)
    lines = [f"{kind.code} {kind.value}", *wrapped(kind.title, width)]
    if native is not None:
        lines += ["", *_native(native, width)]
    lines += ["", "What happened", *wrapped(page.happened, width, "  ")]
    lines += ["", "Why, probably"]
    for cause in page.why:
        lines += wrapped(cause, width, "  - ")
    lines += ["", "What to try"]
    for number, remedy in enumerate(page.remedies, 1):
        lines += _step(remedy, f"  {number}. ", width)
    if page.rules:
        lines += ["", "First of all, when"]
    for rule in page.rules:
        lines += wrapped(f"{rule.when}:", width, "  - ")
        lines += _step(rule.remedy, "      ", width)
    retry = native.retry if native is not None and native.retry else kind.retry
    lines += ["", "Does waiting help?", *wrapped(WAITING[retry], width, "  ")]
    lines += _seen(tuple(seen), width)
    return [*lines, "", f"severity {kind.severity} · retry {retry} · exit code {kind.exit_code}"]


def seen_as(kind: ErrorKind) -> Iterator[Row]:
    """Every native row of this kind, by source."""
    for source in sources():
        yield from (row for row in rows(source) if row.kind is kind)


def named(row: Row) -> str:
    """A native row in one line: source, code, message."""
    message = row.message if row.message.startswith("(") or not row.message else f'"{row.message}"'
    return f"{row.source} {row.code} {message}".rstrip()


def _native(row: Row, width: int) -> list[str]:
    lines = wrapped(named(row), width, "Seen as  ")
    return lines + (wrapped(row.note, width, "  ") if row.note else [])


def _step(remedy: Remedy, first: str, width: int) -> list[str]:
    lines = wrapped(filled(remedy.text, {}), width, first)
    if remedy.action:
        lines += wrapped(f"[in the console: {ACTIONS[remedy.action].label}]", width, " " * cells(first))
    if remedy.command:
        lines += wrapped(filled(remedy.command, {}), width, " " * cells(first) + "$ ")
    return lines


def _seen(found: tuple[Row, ...], width: int) -> list[str]:
    if not found:
        return []
    lines = ["", "Seen as"]
    for row in found[:SEEN_MAX]:
        lines += wrapped(named(row), width, "  ", "      ")
    if len(found) > SEEN_MAX:
        lines.append(f"  … and {len(found) - SEEN_MAX} more: bletui explain --list {found[0].kind.value}")
    return lines
