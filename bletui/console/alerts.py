"""The values of every radio, and the alerts on them, whatever mode is in sight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from bletui.console.catchup import CatchUp
from bletui.console.known import Book, Place, Site
from bletui.decode.values.alert import Alarm, Watch

if TYPE_CHECKING:
    from bletui.session import Session

QUIET = 2.0  # seconds between two bells, and between two words on one value
FLASH = 6.0  # seconds for which the header says what struck


class Struck(NamedTuple):
    """Alerts on a value that began; `why` says the newest in words."""

    place: Place
    why: str


class Alerts:
    def __init__(self) -> None:
        self.book = Book()
        self.unseen = 0  # alerts that began since somebody looked
        self._log = CatchUp()
        self._watched: dict[Site, tuple[Place, str]] = {}  # where it was seen last, and what it is called
        self._heard: dict[Site, tuple[int, float]] = {}  # of how many that began has been told, and when last
        self._rung = float("-inf")
        self._newest = ("", float("-inf"))

    # -- what is watched

    def watch(self, place: Place, watch: Watch | None, called: str) -> None:
        """Has the value watched, which may be out of bounds already; None: no longer."""
        site, known = place.site, self.book[place]
        self._watched.pop(site, None)
        self._heard.pop(site, None)
        alarm = None if watch is None else Alarm(watch)
        self.book.watch(site, alarm)
        if alarm is not None:
            self._watched[site] = place, called
            if known.value is not None:
                alarm.take(known.before, known.value)

    def watched(self) -> Iterator[tuple[Place, str, Alarm]]:
        """In the order of asking."""
        for site, (place, called) in self._watched.items():
            yield place, called, self.book.alarms[site]

    # -- what strikes

    def look(self, session: Session | None, now: float) -> list[Struck]:
        """Takes in what was notified, and tells which alerts began; `now`: monotonic seconds.

        A value that jumps to and fro is told of every two seconds, with how often it struck.
        """
        for place in self.book.note(self._log.fresh(session)):
            if place.site in self._watched:
                self._watched[place.site] = place, self._watched[place.site][1]
        struck = []
        for place, called, alarm in self.watched():
            told, at = self._heard.get(place.site, (0, float("-inf")))
            if alarm.began > told and now - at >= QUIET:
                self._heard[place.site] = alarm.began, now
                times = f", {alarm.began - told} times" if alarm.began - told > 1 else ""
                struck.append(Struck(place, f"{alarm.last}, {called}{times}"))
        if struck:
            self.unseen += len(struck)
            self._newest = struck[-1].why, now
        return struck

    def rings(self, now: float) -> bool:
        """Whether the bell may ring: of many values each would ring it."""
        if now - self._rung < QUIET:
            return False
        self._rung = now
        return True

    def seen(self) -> None:
        self.unseen = 0

    def words(self, now: float) -> str:
        """What the header says of them: what struck a moment ago, else how many nobody has looked at; "": nothing."""
        why, at = self._newest
        if now - at < FLASH:
            return f"ALERT {why}"
        return f"{self.unseen} ALERT{'S' * (self.unseen > 1)}" if self.unseen else ""
