"""From what antennas receive to what a backend reports: lanes, streams and faults, tick by tick, without a clock."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bletui.backends.simulator.condition import Condition, concerning, condition
from bletui.backends.simulator.faults import Fault
from bletui.backends.simulator.filtering import Filtering, passes_all
from bletui.backends.simulator.lanes import lane
from bletui.backends.simulator.site import Receiver, Site
from bletui.backends.simulator.siteclock import SiteClock
from bletui.failure import Failure
from bletui.model import Advertisement, Event, LaneChanged, LaneDown, ScanRequest, StreamChanged, StreamState


class _Stream(NamedTuple):
    state: StreamState = "off"
    failure: Failure | None = None
    retry_at: float | None = None


class Reception:
    """The state of a site's lanes and scan streams. `used` counts the links of each lane."""

    def __init__(
        self,
        site: Site,
        radio: str,
        faults: tuple[Fault, ...],
        clock: SiteClock,
        used: Counter[str] | None = None,
    ) -> None:
        self._site, self._radio, self._clock = site, radio, clock
        self._faults = {receiver.lane: concerning(faults, receiver) for receiver in site.receivers}
        self._used: Counter[str] = Counter() if used is None else used
        self._restarts = 0
        self._asked = -math.inf
        self._conditions = {receiver.lane: self._condition_at(receiver, 0.0) for receiver in site.receivers}
        self._streams = {receiver.lane: _Stream() for receiver in site.receivers}
        self._request: ScanRequest | None = None
        self._filtering: Filtering | None = None

    def lanes(self) -> list[Event]:
        """Every lane that is there at the beginning."""
        return [
            self.lane(receiver, self._clock.start)
            for receiver in self._site.receivers
            if not self._conditions[receiver.lane].gone
        ]

    def tick(
        self,
        t: float,
        heard: list[Advertisement],
        request: ScanRequest | None,
        *,
        restarts: int = 0,
        connected: Collection[str] = (),
    ) -> tuple[list[Event], list[Advertisement]]:
        """The changes at the site's second `t`, and what of the tick that begins there is reported.

        `restarts` counts how often the wish was taken back and stated again in one go; `connected` devices are silent.
        """
        restarted = restarts != self._restarts
        if restarted:
            self._restarts, self._asked = restarts, t
        if request is not self._request:
            self._request = request
            self._filtering = None if request is None or passes_all(request.filter) else Filtering(request.filter)
        changes = [event for receiver in self._site.receivers for event in self._changes(receiver, t, restarted)]
        reported = self._reported(heard, request)
        return changes, [event for event in reported if event.address not in connected] if connected else reported

    def lane(self, receiver: Receiver, at: float) -> LaneChanged:
        usable = self._conditions[receiver.lane].unusable
        return LaneChanged(at, lane(receiver, self._site.title, usable, self._used[receiver.lane]))

    def _changes(self, receiver: Receiver, t: float, restarted: bool) -> Iterator[Event]:
        at, name = self._clock.wall(t), receiver.lane
        before, now = self._conditions[name], self._condition_at(receiver, t)
        self._conditions[name] = now
        if now.gone:
            if not before.gone:
                self._streams[name] = _Stream()
                yield LaneDown(at, name, now.gone)
            return
        if before.gone or before.unusable != now.unusable:
            yield self.lane(receiver, at)
        retry_at = None if now.retry is None else self._clock.wall(now.retry)
        stream = _next(self._streams[name], self._wanted(name), now, retry_at, restarted)
        if stream != self._streams[name]:
            self._streams[name] = stream
            yield StreamChanged(at, name, "scan", *stream)

    def _reported(self, heard: list[Advertisement], request: ScanRequest | None) -> list[Advertisement]:
        live = {lane for lane in self._streams if self._hears(lane)}
        if request is None or not live:
            return []
        if request.active:
            found = [event for event in heard if event.lane in live]
        else:
            found = [event for event in heard if event.lane in live and event.pdu != "SCAN_RSP"]
        return found if self._filtering is None else self._filtering.passing(found)

    def _hears(self, name: str) -> bool:
        return self._streams[name].state == "live" and not self._conditions[name].silent

    def _wanted(self, name: str) -> bool:
        request = self._request
        return request is not None and (request.lanes is None or name in request.lanes)

    def _condition_at(self, receiver: Receiver, t: float) -> Condition:
        return condition(self._faults[receiver.lane], receiver, self._radio, t, self._asked)


def _next(stream: _Stream, wanted: bool, now: Condition, retry_at: float | None, restarted: bool) -> _Stream:
    """An opening stream takes one tick."""
    if not wanted:
        return _Stream("off")
    if now.unusable:
        return _Stream("off", now.unusable)
    if restarted and stream.state in ("live", "broken"):
        return _Stream("opening")
    if now.broken:
        return _Stream("broken", now.broken, retry_at)
    return _Stream("live" if stream.state in ("opening", "live") else "opening")
