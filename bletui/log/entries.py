"""A session's log: everything that happened, advertisements excepted; the newest lines, as many as have room."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

from bletui.failure import Failure
from bletui.model import Event, GattTree, LaneChanged, Notification, Operation, OperationChanged, TreeChanged

LINES_MAX = 100_000
BYTES_MAX = 128 << 20  # as `weight` estimates them


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that a person marked; no radio tells it. `text` may be empty."""

    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `radio` is empty for a mark."""

    radio: str
    event: Event | Mark


class Log(Sequence[Entry]):
    """Bounded by lines and by bytes; the oldest go, and are counted.

    Entries are numbered from 0 in the order they came, whatever is lost: `first` is the oldest one kept, `end` the
    number that the next one gets. `log[0]` is entry `first`. Every access costs the same, however long the log is.
    """

    def __init__(self, lines_max: int = LINES_MAX, bytes_max: int = BYTES_MAX) -> None:
        self.first = 0
        self.bytes = 0
        self.marks: deque[int] = deque()  # numbers of the marks that are kept
        self._lines_max, self._bytes_max = lines_max, bytes_max
        self._entries: list[Entry | None] = []
        self._gone = 0  # places at the front that are empty: emptied one by one, taken away many at once

    @property
    def end(self) -> int:
        return self.first + len(self)

    def append(self, entry: Entry) -> None:
        if isinstance(entry.event, Mark):
            self.marks.append(self.end)
        self._entries.append(entry)
        self.bytes += weight(entry.event)
        while len(self) > self._lines_max or (self.bytes > self._bytes_max and len(self) > 1):
            self._lose()

    def replace(self, number: int, entry: Entry) -> None:
        """Puts another entry of its sort in the place of one; nothing where that is lost."""
        if self.first <= number < self.end:
            self.bytes += weight(entry.event) - weight(self.entry(number).event)
            self._entries[number - self.first + self._gone] = entry

    def entry(self, number: int) -> Entry:
        """`IndexError` for one that is lost, or still to come."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        return self[number - self.first]

    @property
    def marked(self) -> float | None:
        """When the newest mark was made."""
        return self.entry(self.marks[-1]).event.at if self.marks else None

    def since(self, number: int) -> list[Entry]:
        """The entries from `number` on, without those that are lost."""
        return self[max(0, number - self.first) :]

    def __len__(self) -> int:
        return len(self._entries) - self._gone

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> list[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | list[Entry]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        found = self._entries[self._gone + at] if at >= 0 else self._entries[at] if -at <= len(self) else None
        if found is None:
            raise IndexError(at)
        return found

    def __iter__(self) -> Iterator[Entry]:
        return (entry for entry in islice(self._entries, self._gone, None) if entry is not None)

    def _lose(self) -> None:
        oldest = self[0]
        self.bytes -= weight(oldest.event)
        self._entries[self._gone] = None
        self._gone += 1
        self.first += 1
        if self.marks and self.marks[0] < self.first:
            self.marks.popleft()
        if self._gone > 1024 and self._gone * 2 > len(self._entries):
            del self._entries[: self._gone]
            self._gone = 0


def weight(event: Event | Mark) -> int:
    """Bytes that an entry keeps in memory, roughly; what can be large is counted by its size."""
    match event:
        case Notification(value=value):
            return 300 + len(value)
        case OperationChanged(operation=operation):
            return (
                700 + _result(operation) + len(getattr(operation.request, "value", b"")) + _failure(operation.failure)
            )
        case TreeChanged(tree=tree):
            return 300 + _tree(tree)
        case LaneChanged(lane=lane):
            return 700 + sum(map(len, (*lane.info.values(), *lane.cannot.values()))) + _failure(lane.usable)
        case Mark(text=text):
            return 200 + len(text)
        case _:
            return 400 + _failure(getattr(event, "reason", None) or getattr(event, "failure", None))


def _result(operation: Operation) -> int:
    match operation.result:
        case GattTree() as tree:
            return _tree(tree)
        case bytes() as value:
            return len(value)
        case tuple() as several:
            return 200 * len(several)
        case _:
            return 0


def _tree(tree: GattTree) -> int:
    characteristics = [one for service in tree.services for one in service.characteristics]
    return 250 * (len(tree.services) + len(characteristics) + sum(len(one.descriptors) for one in characteristics))


def _failure(failure: Failure | None) -> int:
    if failure is None:
        return 0
    told = (failure.message, failure.detail, failure.body, *failure.causes, *(value for _, value in failure.evidence))
    return 500 + sum(map(len, told))
