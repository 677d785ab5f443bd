"""What is known of a kind or of a native row, as a page of text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.errors.actions import ACTIONS
from bletui.errors.facts import filled
from bletui.errors.guide import guide
from bletui.errors.layout import cells, wrapped
from bletui.errors.lookup import circumstances
from bletui.errors.rows import Row
from bletui.errors.rules import WAITING, Remedy
from bletui.kinds import ErrorKind

SEEN_MAX = 12  # native rows on a terminal page; the documentation has all


def explained(kind: ErrorKind, asked: Sequence[Row] = (), *, width: int = 80, seen: Sequence[Row] = ()) -> list[str]:
    """The page of one kind; `asked` are the rows that led here, `seen` those to list at the end."""
    page = guide(kind)
    lines = [f"{kind.code} {kind.value}", *wrapped(kind.title, width)]
    for row in asked:
        lines += ["", *_native(row, width)]
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
        for remedy in rule.steps:
            lines += _step(remedy, "      ", width)
    retry = (asked[0].retry if len(asked) == 1 else None) or kind.retry
    lines += ["", "Does waiting help?", *wrapped(WAITING[retry], width, "  ")]
    lines += _seen(seen, width)
    return [*lines, "", f"severity {kind.severity} · retry {retry} · exit code {kind.exit_code}"]


def named(row: Row) -> str:
    """A native row in one line: source, code, message."""
    message = row.message if row.message.startswith("(") or not row.message else f'"{row.message}"'
    return f"{row.source} {row.code} {message}".rstrip()


def _native(row: Row, width: int) -> list[str]:
    lines = wrapped(named(row), width, "Seen as  ")
    lines += wrapped(row.note, width, "  ") if row.note else []
    for other in circumstances(row):
        word = other.code.partition("/")[2]
        lines += wrapped(f"in the circumstance `{word}`: {other.kind.code} {other.kind.value}", width, "  ")
    return lines


def _step(remedy: Remedy, first: str, width: int) -> list[str]:
    lines = wrapped(filled(remedy.text, {}), width, first)
    if remedy.action:
        lines += wrapped(f"[in the console: {ACTIONS[remedy.action].label}]", width, " " * cells(first))
    if remedy.command:
        lines += wrapped(filled(remedy.command, {}), width, " " * cells(first) + "$ ")
    return lines


def _seen(found: Sequence[Row], width: int) -> list[str]:
    if not found:
        return []
    lines = ["", "Seen as"]
    for row in found[:SEEN_MAX]:
        lines += wrapped(named(row), width, "  ", "      ")
    if len(found) > SEEN_MAX:
        lines.append(f"  … and {len(found) - SEEN_MAX} more: bletui explain --all {found[0].kind.value}")
    return lines
