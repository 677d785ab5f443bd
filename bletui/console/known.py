"""What is known of each attribute's value: the last bytes, those before, a failure, how often they came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bletui.console.status import Rate
from bletui.failure import Failure
from bletui.model import Notification, Peer

if TYPE_CHECKING:
    from bletui.session import Entry


class Place(NamedTuple):
    """One attribute of one link."""

    radio: str
    peer: Peer
    handle: int


@dataclass(slots=True)
class Known:
    """`before`: the value that `value` took the place of; `count`: notifications and indications so far."""

    value: bytes | None = None
    before: bytes | None = None
    at: float = 0.0
    failure: Failure | None = None
    busy: str = ""
    count: int = 0
    rate: Rate = field(default_factory=Rate)

    def take(self, value: bytes, at: float) -> None:
        self.before, self.value, self.at, self.failure = self.value, value, at, None

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
