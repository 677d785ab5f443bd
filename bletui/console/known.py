"""What is known of each attribute's value: the last bytes, those before, a failure, how often they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bletui.console.changed import changed_bytes
from bletui.decode.values.alert import Alarm
from bletui.failure import Failure
from bletui.model import Notification, Peer
from bletui.rate import Rate

if TYPE_CHECKING:
    from bletui.session import Entry


HISTORY = 240  # values
PLACES_MAX = 16_384  # attributes, of all devices that were looked at


class Site(NamedTuple):
    """One attribute of a device, through whichever lane it is linked."""

    radio: str
    address: str
    handle: int


class Place(NamedTuple):
    """One attribute of one link."""

    radio: str
    peer: Peer
    handle: int

    @property
    def site(self) -> Site:
        return Site(self.radio, self.peer.address, self.handle)


@dataclass(slots=True)
class Known:
    """`before`: the value that `value` took the place of; `count`: notifications and indications so far.

    `history`: the newest values, oldest first; `picked`: which numeric field is drawn and watched.
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
    alarm: Alarm | None = None

    def take(self, value: bytes, at: float) -> None:
        self.before, self.value, self.at, self.failure = self.value, value, at, None
        self.history.append(value)
        if self.alarm is not None:
            self.alarm.take(self.before, value)

    @property
    def alert(self) -> str:
        """Why the newest value is worth one; "": it is not."""
        return self.alarm.why if self.alarm is not None else ""

    def changed(self) -> frozenset[int]:
        """Which bytes of the value are not what they were; none where there was no value before."""
        if self.value is None or self.before is None:
            return frozenset()
        return changed_bytes(self.before, self.value)


class Book(dict[Place, Known]):
    """Made as it is asked for; `alarms` stay with a device over its links."""

    def __init__(self) -> None:
        super().__init__()
        self.alarms: dict[Site, Alarm] = {}

    def __missing__(self, place: Place) -> Known:
        """The oldest that nobody watches gives way to it where there are too many."""
        if len(self) >= PLACES_MAX:
            oldest = next((each for each, known in self.items() if known.alarm is None), None)
            if oldest is not None:
                del self[oldest]
        made = self[place] = Known(alarm=self.alarms.get(place.site))
        return made

    def watch(self, site: Site, alarm: Alarm | None) -> None:
        """None: no longer."""
        self.alarms.pop(site, None)
        if alarm is not None:
            self.alarms[site] = alarm
        for place, known in self.items():
            if place.site == site:
                known.alarm = alarm

    def note(self, entries: Iterable[Entry]) -> set[Place]:
        """Takes the notifications among what happened, in order; where they came from."""
        told = set()
        for entry in entries:
            event = entry.event
            if isinstance(event, Notification):
                place = Place(entry.radio, event.peer, event.handle)
                known = self[place]
                known.take(event.value, event.at)
                known.count += 1
                told.add(place)
        return told
