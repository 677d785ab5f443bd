"""Words that stand above the footer until they are put away: a hint, and what is wrong with the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bletui.console.commands import BY_ID
from bletui.console.spans import Line, Role, Span, fit, line, spread, width, wrapped

LINES = 2  # of one notice
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
    """In the order in which they came; the first one is shown."""

    def __init__(self) -> None:
        self._all: dict[str, Notice] = {}

    def put(self, notice: Notice) -> None:
        self._all[notice.id] = notice

    def withdraw(self, which: Callable[[str], bool]) -> None:
        """Those whose id is one that is meant."""
        self._all = {id_: notice for id_, notice in self._all.items() if not which(id_)}

    def first(self, now: float) -> Notice | None:
        """What is wrong before what is well; `now`: monotonic seconds."""
        self.withdraw(lambda id_: (until := self._all[id_].until) is not None and until <= now)
        return min(self._all.values(), key=lambda one: _GRAVEST.get(one.role, 2), default=None)

    def dismiss(self, now: float) -> Notice | None:
        """Puts the one away that is shown."""
        shown = self.first(now)
        return self._all.pop(shown.id) if shown is not None else None

    def lines(self, now: float, size: int) -> list[Line]:
        """The first one, with the key that puts it away, in lines of `size` cells."""
        shown = self.first(now)
        return [] if shown is None else notice_lines(shown, len(self._all) - 1, size)


_GRAVEST: dict[Role, int] = {"error": 0, "warn": 1, "ok": 1}


def notice_lines(notice: Notice, more: int, size: int) -> list[Line]:
    """With the key that puts it away; `more`: how many wait behind it."""
    key, others = BY_ID["app.dismiss"].shown_key, f", {more} more" if more else ""
    right = line(Span(f"  {key}", "key"), Span(f" hides this{others} ", "dim"))
    mark = _MARKS.get(notice.role, "")
    room = max(8, size - width(right) - 1)
    first, *rest = wrapped(f"{mark} {notice.words}".strip(), room)
    rest = rest if len(rest) < LINES else [*rest[: LINES - 2], f"{rest[LINES - 2]} …"]
    role: Role = "plain" if mark else notice.role
    left = line(" ", Span(mark, notice.role), Span(first.removeprefix(mark), role))
    return [spread(left, right, size), *(fit(line(" ", Span(row, role)), size) for row in rest)]
