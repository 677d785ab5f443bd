"""Words that stand above the footer until they are put away: a hint, and what is wrong with the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bletui.console.commands import BY_ID
from bletui.console.spans import Line, Role, Span, broken, fit, line, ruled, spread, width, wrapped

LINES = 3  # of one notice
WRONG = 8  # lines of all that is wrong
ROOM = 16  # rows of a terminal that has room for any
_MARKS: dict[Role, str] = {"error": "REFUSED", "warn": "WARNING"}


@dataclass(frozen=True, slots=True)
class Notice:
    """`id`: two of the same are one; `words`: visible; `until`: monotonic seconds; `lasts`: put away, it stays away
    at the next start too."""

    id: str
    words: str
    role: Role = "dim"
    until: float | None = None
    lasts: bool = False


class Notices:
    """In the order in which they came; the first one is shown. What is wrong stays known when it was put away."""

    def __init__(self) -> None:
        self._all: dict[str, Notice] = {}
        self._wrong: dict[str, Notice] = {}

    @property
    def wrong(self) -> Sequence[Notice]:
        """Whether they were put away or not."""
        return tuple(self._wrong.values())

    def waits(self, id_: str) -> bool:
        """Whether one of that id is not put away yet."""
        return id_ in self._all

    def put(self, notice: Notice, *, away: bool = False) -> None:
        """`away`: it was put away at an earlier start."""
        if notice.role in _MARKS:
            self._wrong[notice.id] = notice
        if not away:
            self._all[notice.id] = notice

    def withdraw(self, which: Callable[[str], bool]) -> None:
        """Those whose id is one that is meant: they are no longer so."""
        for kept in (self._all, self._wrong):
            for id_ in [id_ for id_ in kept if which(id_)]:
                del kept[id_]

    def first(self, now: float) -> Notice | None:
        """What is wrong before what is well; `now`: monotonic seconds."""
        for gone in [one for one in self._all.values() if one.until is not None and one.until <= now]:
            del self._all[gone.id]
        return min(self._all.values(), key=lambda one: _GRAVEST.get(one.role, 3), default=None)

    def dismiss(self, now: float) -> Notice | None:
        """Puts the one away that is shown."""
        shown = self.first(now)
        return self._all.pop(shown.id) if shown is not None else None

    def lines(self, now: float, size: int) -> list[Line]:
        """The first one, with the key that puts it away, in lines of `size` cells."""
        shown = self.first(now)
        return [] if shown is None else notice_lines(shown, len(self._all) - 1, size)


_GRAVEST: dict[Role, int] = {"error": 0, "warn": 1, "ok": 1, "accent": 1, "strong": 2}


def wrong_lines(wrong: Sequence[Notice], size: int, dash: str) -> list[Line]:
    """What is wrong with the files that the console goes by, under a rule; what there is no room for is counted."""
    if not wrong:
        return []
    lines: list[Line] = [ruled((Span("Configuration", "title"),), size, dash)]
    for told, notice in enumerate(wrong):
        rows = broken(line(" ", Span(_MARKS[notice.role], notice.role), f" {notice.words}"), size - 1)
        if len(lines) + len(rows) > WRONG and told:
            return [*lines, line(Span(f" and {len(wrong) - told} more: bletui config validate", "dim"))]
        lines += rows
    return lines


def notice_lines(notice: Notice, more: int, size: int) -> list[Line]:
    """With the key that puts it away; `more`: how many wait behind it."""
    key, others = BY_ID["app.dismiss"].shown_key, f", {more} more" if more else ""
    right = line(Span(f"  {key}", "key"), Span(f" hides this{others} ", "dim"))
    mark = _MARKS.get(notice.role, "")
    room = max(8, size - width(right) - 2)  # a blank at either side
    told = f"{mark} {notice.words}".strip()
    first = wrapped(told, room)[0]
    rest = wrapped(told[len(first) :].lstrip(), size - 2) if len(told) > len(first) else []
    rest = rest if len(rest) < LINES else [*rest[: LINES - 2], f"{rest[LINES - 2]} …"]
    role: Role = "plain" if mark else notice.role
    left = line(" ", Span(mark, notice.role), Span(first.removeprefix(mark), role))
    return [spread(left, right, size), *(fit(line(" ", Span(row, role)), size) for row in rest)]
