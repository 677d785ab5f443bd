"""What is known of each attribute's value: the last bytes, those before, a failure, how often they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bletui.console.status import Rate
from bletui.console.watch import Rule, struck
from bletui.failure import Failure
from bletui.model import Notification, Peer

if TYPE_CHECKING:
    from bletui.session import Entry


HISTORY = 240  # values


@dataclass(frozen=True, slots=True)
class Watching:
    """`field` gives the watched field's name and number, None where the value has none."""

    rule: Rule
    field: Callable[[bytes], tuple[str, float] | None]


class Place(NamedTuple):
    """One attribute of one link."""

    radio: str
    peer: Peer
    handle: int


@dataclass(slots=True)
class Known:
    """`before`: the value that `value` took the place of; `count`: notifications and indications so far.

    `history`: the newest values, oldest first; `picked`: which numeric field is drawn and watched; `alert`: why the
    newest value is worth one; `rings`: how often one began, `heard` of them so far.
    """

    value: bytes | None = None
    before: bytes | None = None
    at: float = 0.0
    failure: Failure | None = None
    busy: str = ""
    count: int = 0
    rate: Rate = field(default_factory=Rate)
    history: deque[bytes] = field(default_factory=lambda: deque(maxlen=HISTORY))
    picked: int = 0
    watch: Watching | None = None
    alert: str = ""
    last_alert: str = ""
    rings: int = 0
    heard: int = 0

    def take(self, value: bytes, at: float) -> None:
        self.before, self.value, self.at, self.failure = self.value, value, at, None
        self.history.append(value)
        self.judge()

    def judge(self) -> None:
        """Whether the newest value is worth an alert; a value that stays out of bounds rings once."""
        before, watch, value = self.alert, self.watch, self.value
        self.alert = ""
        if watch is not None and value is not None:
            self.alert = struck(watch.rule, self.before, value, watch.field(value))
            self.last_alert = self.alert or self.last_alert
            self.rings += bool(self.alert) and (watch.rule.change or not before)

    def changed(self) -> frozenset[int]:
        """Which bytes of the value are not what they were; none where there was no value before."""
        if self.value is None or self.before is None:
            return frozenset()
        old = self.before
        return frozenset(n for n, byte in enumerate(self.value) if n >= len(old) or old[n] != byte)


class Book(dict[Place, Known]):
    """Made as it is asked for; it lasts as long as the screen."""

    def __missing__(self, place: Place) -> Known:
        made = self[place] = Known()
        return made

    def note(self, entries: Iterable[Entry]) -> None:
        """Takes the notifications among what happened, in order."""
        for entry in entries:
            event = entry.event
            if isinstance(event, Notification):
                known = self[Place(entry.radio, event.peer, event.handle)]
                known.take(event.value, event.at)
                known.count += 1
