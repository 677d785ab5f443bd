"""Which lines of a log are shown, where the cursor stands and what is selected; each call does bounded work."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence

from bletui.failure import Failure
from bletui.filters.logterms import LogFilter, LogRow
from bletui.kinds import SEVERITIES
from bletui.log import Entry, Log, Mark
from bletui.log.narration import told


class LogView:
    """Lines are meant by their numbers, which stay whatever the log loses. Marks are always shown.

    A filter is tried on the newest lines first, and on `STEP` older ones per `take`: so few that no key waits for them.
    """

    STEP = 400  # some 5 ms
    FRESH = 1000  # lines since the last `take` that are tried at once

    def __init__(self, log: Log, row_of: Callable[[Entry], LogRow]) -> None:
        self.log = log
        self._row_of = row_of
        self.follow = True
        self.cursor = 0
        self.anchor: int | None = None  # the other end of what is selected
        self._left_at = 0  # the end of the log when it was followed last
        self._wanted: LogFilter | None = None
        self._least = SEVERITIES[0]
        self._shown: deque[int] | None = None  # None: every line
        self._older = self._newer = 0  # what lies between them was tried

    # -- which lines

    @property
    def numbers(self) -> Sequence[int]:
        """Of the lines shown, in order; those that the log has lost are gone."""
        shown, first = self._shown, self.log.first
        if shown is None:
            return range(first, self.log.end)
        while shown and shown[0] < first:
            shown.popleft()
        return shown

    @property
    def wanted(self) -> LogFilter | None:
        return self._wanted

    def choose(self, wanted: LogFilter | None, least: str) -> None:
        """Shows what `wanted` matches, from severity `least` on; the cursor stays as near as it can."""
        self._wanted, self._least = wanted, least
        self._shown = None if wanted is None and least == SEVERITIES[0] else deque()
        self._older = self._newer = self.log.end
        self.take()

    def take(self) -> bool:
        """Takes in what the log has gained and lost, and tries some older lines; whether there are more to try."""
        log, shown = self.log, self._shown
        if shown is not None:
            if log.end - self._newer > self.FRESH:  # nobody looked for a while: the newest first, as at the start
                shown.clear()
                self._older = self._newer = log.end
            shown.extend(n for n in range(max(self._newer, log.first), log.end) if self._fits(n))
            self._newer = log.end
            older = max(log.first, self._older - self.STEP)
            shown.extendleft(n for n in range(self._older - 1, older - 1, -1) if self._fits(n))
            self._older = min(self._older, older)
        self._settle()
        return self.untried > 0

    @property
    def untried(self) -> int:
        """Lines on which the filter has not been tried yet."""
        if self._shown is None:
            return 0
        return max(0, self._older - self.log.first)

    def _fits(self, number: int) -> bool:
        entry = self.log.entry(number)
        if isinstance(entry.event, Mark):
            return True
        row = self._row_of(entry)
        if self._least != SEVERITIES[0] and SEVERITIES.index(row.severity) < SEVERITIES.index(self._least):
            return False
        return self._wanted is None or self._wanted.matches(row)

    # -- the cursor

    def position(self, number: int) -> int:
        """The place of the first line shown from `number` on; of the last one where there is none."""
        return max(0, min(bisect_left(self.numbers, number), len(self.numbers) - 1))

    @property
    def entry(self) -> Entry | None:
        """The one under the cursor."""
        return self.log.entry(self.cursor) if self.log.first <= self.cursor < self.log.end and self.numbers else None

    def move(self, by: int) -> None:
        """Down from the newest line it goes on following."""
        if self.follow and by > 0:
            return
        self._hold()
        self._stand(self.position(self.cursor) + by)

    def last(self) -> None:
        """To the newest line, which is followed from now on."""
        self.follow = True
        self._settle()

    def go(self, number: int) -> None:
        """To that line, or the next one that is shown."""
        self._hold()
        self._stand(self.position(number))

    def to_mark(self, step: int) -> bool:
        """To the next mark, or the one before; whether there is one."""
        marks = self.log.marks
        places = (n for n in marks if n > self.cursor) if step > 0 else (n for n in reversed(marks) if n < self.cursor)
        found = next(places, None)
        if found is not None:
            self.go(found)
        return found is not None

    def telling(self, failure: Failure) -> int:
        """The newest line that tells of `failure`; else the last one before its time, else the last."""
        log = self.log
        newest_first = range(log.end - 1, log.first - 1, -1)
        found = next((n for n in newest_first if told(log.entry(n).event) == failure), None)
        if found is None and failure.at is not None:
            found = next((n for n in newest_first if log.entry(n).event.at <= failure.at), log.first)
        return max(log.first, log.end - 1) if found is None else found

    def hold_or_follow(self) -> None:
        if self.follow:
            self._hold()
        else:
            self.last()

    def fresh_after(self, place: int) -> int:
        """How many lines came since it was followed last, and stand after `place`."""
        return (
            0 if self.follow else max(0, len(self.numbers) - max(place + 1, bisect_left(self.numbers, self._left_at)))
        )

    def _hold(self) -> None:
        if self.follow:
            self.follow, self._left_at = False, self.log.end

    def _stand(self, place: int) -> None:
        if self.numbers:
            self.cursor = self.numbers[max(0, min(place, len(self.numbers) - 1))]

    def _settle(self) -> None:
        """The cursor on a line that is shown."""
        self._stand(len(self.numbers) - 1 if self.follow else self.position(self.cursor))
        if self.anchor is not None:
            self.anchor = max(self.anchor, self.log.first)

    # -- what is selected

    def select(self) -> bool:
        """Begins a selection at the cursor, or drops it; whether there is one now."""
        self._hold()
        self.anchor = self.cursor if self.anchor is None and self.numbers else None
        return self.anchor is not None

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last place of what is selected: from the anchor to the cursor, else the cursor alone."""
        ends = sorted((self.cursor, self.cursor if self.anchor is None else self.anchor))
        return self.position(ends[0]), self.position(ends[1])

    @property
    def selected(self) -> Sequence[int]:
        """The numbers of these lines."""
        first, last = self.span
        return [self.numbers[n] for n in range(first, last + 1)] if self.numbers else ()
