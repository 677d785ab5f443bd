"""The queue of one radio: a pure state machine. Time comes as an argument, in wall seconds.

Per lane as many connect or pair calls as it takes (`Lane.connects`), per device one call at a time and in the order of
asking, devices side by side. Disconnecting and listing bonds bypass the queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from bletui.connections.entry import Entry, Policy
from bletui.connections.placing import Signal, asked, place
from bletui.connections.stages import StageClock
from bletui.connections.steps import Call, CancelCall, Release, Step, bypasses, needs_link, takes_capacity, verb
from bletui.failure import ErrorKind, Failure
from bletui.model import Connect, Discover, Lane, Operation, OpId, Pair, Peer, Phase, Request, Result
from bletui.model.operations import stage_of

_FIRST_PHASE: Mapping[type[Request], Phase] = {Connect: "connecting", Pair: "pairing", Discover: "discovering"}


class ConnectionQueue:
    """The queue of one radio. After any change call `advance`, make the steps it returns, publish `changed()`."""

    def __init__(self, policy: Policy, signal: Signal, *, chooses_lane: bool = False) -> None:
        self._policy = policy
        self._signal = signal
        self._chooses_lane = chooses_lane
        self._entries: dict[OpId, Entry] = {}
        self._published: dict[OpId, tuple[object, ...]] = {}
        self._lanes: dict[str, Lane] = {}
        self._paused: set[str] = set()
        self._links: set[Peer] = set()
        self._arrivals = 0

    # -- what the radio sees

    def lane_changed(self, lane: Lane) -> None:
        self._lanes[lane.id] = lane

    def lane_down(self, lane: str) -> None:
        """Work bound to it waits; the calls that run there are failed by whoever makes them."""
        self._lanes.pop(lane, None)

    def link_changed(self, peer: Peer, *, up: bool) -> None:
        (self._links.add if up else self._links.discard)(peer)

    def looking(self) -> frozenset[str]:
        """Addresses that wait to be heard."""
        return frozenset(e.request.address for e in self._entries.values() if e.phase == "looking")

    def heard(self, address: str) -> None:
        for entry in self._entries.values():
            if entry.phase == "looking" and entry.request.address == address:
                entry.wait()

    # -- what owners ask for

    def submit(
        self,
        id_: OpId,
        request: Request,
        now: float,
        *,
        limit: float,
        deadline: float | None = None,
        priority: int = 0,
        policy: Policy | None = None,
        lost: Failure | None = None,
    ) -> None:
        """`policy`: where the queue's own does not hold for this one. `lost`: what took the link that this brings back;

        it is shown while it waits, and such an operation steps aside: requests for its device don't wait behind it.
        """
        if id_ in self._entries:
            raise ValueError(f"{id_} is in the queue already")
        self._arrivals += 1
        self._entries[id_] = Entry(
            id=id_,
            request=request,
            order=(-priority, self._arrivals),
            started=now,
            limit=limit,
            deadline=None if deadline is None else now + deadline,
            clock=StageClock(now),
            policy=policy or self._policy,
            aside=lost is not None,
            failure=lost,
        )

    def cancel(self, id_: OpId) -> list[Step]:
        """Ends a waiting operation at once and a running one when its call has ended; an unknown one is no error."""
        entry = self._entries.get(id_)
        match entry:
            case Entry(state="running"):
                entry.move("cancelling")
                return [CancelCall(id_)]
            case Entry(state="waiting" | "retrying"):
                entry.cancelled()
        return []

    def promote(self, id_: OpId) -> None:
        """To the front of the whole queue."""
        if entry := self._entries.get(id_):
            first = min(other.order for other in self._entries.values())
            entry.order = (first[0], first[1] - 1) if first != entry.order else first

    def retry_now(self, id_: OpId) -> None:
        entry = self._entries.get(id_)
        if entry is not None and entry.state == "retrying":
            entry.wait()

    def pause(self, lane: str) -> None:
        """Nothing new starts there; what runs goes on."""
        self._paused.add(lane)

    def resume(self, lane: str) -> None:
        self._paused.discard(lane)

    def is_paused(self, lane: str) -> bool:
        return lane in self._paused

    # -- what calls bring

    def phase(self, id_: OpId, phase: Phase) -> None:
        """How far a running call is."""
        entry = self._entries.get(id_)
        if entry is not None and entry.state in ("running", "cancelling"):
            entry.phase = phase

    def ended(self, id_: OpId, now: float, outcome: Failure | Result) -> list[Step]:
        """The call has ended, whatever was asked of it meanwhile."""
        entry = self._entries[id_]
        if entry.state == "cancelling":
            entry.cancelled()
            return [Release(outcome)] if isinstance(outcome, Peer) else []
        if not isinstance(outcome, Failure):
            entry.result, entry.failure = outcome, None
            entry.move("done")
            return []
        entry.failure = outcome
        entry.failed[outcome.kind] += 1
        tries = entry.failed[outcome.kind]
        again = entry.policy(outcome, entry.request, tries)
        if again is None or self._without_link(entry):
            entry.move("failed")
            return []
        entry.move("retrying")
        entry.of = None if again.of is None else entry.attempt + again.of - tries
        entry.retry_at = now + again.after if again.when == "time" else None
        entry.phase = "looking" if again.when == "heard" else "queued"
        return []

    def advance(self, now: float) -> list[Step]:
        """Ends what is late or impossible, wakes what is due, starts what may run: first come, first served."""
        for entry in self._entries.values():
            self._tick(entry, now)
        running = [entry for entry in self._entries.values() if entry.state in ("running", "cancelling")]
        taken = {entry.request.address for entry in running if not bypasses(entry.request)}
        in_flight = Counter(entry.lane for entry in running if entry.lane and takes_capacity(entry.request))
        steps: list[Step] = []
        for entry in sorted(self._entries.values(), key=lambda entry: entry.order):
            free = bypasses(entry.request) or entry.request.address not in taken
            if entry.state == "waiting" and free and (call := self._start(entry, now, in_flight)):
                steps.append(call)
            if not bypasses(entry.request) and not entry.steps_aside:
                taken.add(entry.request.address)  # later requests for this device stay behind it
        return steps

    @property
    def empty(self) -> bool:
        return not self._entries

    def wake_at(self) -> float | None:
        """When `advance` has something to do by time alone."""
        idle = [entry for entry in self._entries.values() if entry.state in ("waiting", "retrying")]
        times = [t for entry in idle for t in (entry.retry_at, entry.deadline) if t is not None]
        return min(times, default=None)

    def changed(self, now: float) -> list[Operation]:
        """Operations that differ from what was last published; ended ones are told once and forgotten.

        Called after every change: it winds the stage clocks too.
        """
        places = self._places()
        told: list[Operation] = []
        for id_, entry in list(self._entries.items()):
            entry.clock.turn(stage_of(entry.state, entry.phase), now)
            nth = places.get(id_, 0)
            if (facts := entry.facts(nth)) != self._published.get(id_):
                told.append(entry.operation(nth))
                self._published[id_] = facts
            if entry.ended:
                del self._entries[id_]
                del self._published[id_]
        return told

    # -- deciding

    def _start(self, entry: Entry, now: float, in_flight: Counter[str]) -> Call | None:
        lane = self._lane_of_link(entry.request)
        if takes_capacity(entry.request) and not (self._chooses_lane and entry.request.lane is None):
            linked = lane is not None and Peer(lane, entry.request.address) in self._links
            request = replace(entry.request, lane=lane) if linked else entry.request
            lane = place(request, self._lanes, self._paused, in_flight, self._signal, entry.lane, linked=linked)
            if lane is None:
                return None
            in_flight[lane] += 1
        entry.moved_from = entry.lane if entry.lane not in (None, lane) else None
        entry.lane = lane
        entry.attempt += 1
        entry.retry_at = None
        entry.move("running")
        entry.phase = _FIRST_PHASE.get(type(entry.request), "transferring")
        left = entry.limit if entry.deadline is None else min(entry.limit, max(0.0, entry.deadline - now))
        return Call(entry.id, entry.request, lane, left)

    def _without_link(self, entry: Entry) -> bool:
        """A call over a link that is gone, whatever ended it: repeating it would only hide why."""
        return needs_link(entry.request) and not any(peer.address == entry.request.address for peer in self._links)

    def _lane_of_link(self, request: Request) -> str | None:
        if request.lane is not None:
            return request.lane
        return next((peer.lane for peer in sorted(self._links) if peer.address == request.address), None)

    def _tick(self, entry: Entry, now: float) -> None:
        if entry.state not in ("waiting", "retrying"):
            return
        if reason := self._impossible(entry.request):
            entry.fail(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation=verb(entry.request), detail=reason))
        elif entry.deadline is not None and now >= entry.deadline:
            entry.late()
        elif entry.state == "retrying" and entry.retry_at is not None and now >= entry.retry_at:
            entry.wait()

    def _impossible(self, request: Request) -> str | None:
        """Why no lane that may be used can ever do it, in the lane's own words."""
        reasons = [lane.cannot.get(verb(request)) for lane in asked(request, self._lanes)]
        return reasons[0] if reasons and all(reasons) else None

    def _places(self) -> dict[OpId, int]:
        """Places of the waiting, counted from 1 per lane asked for."""
        counts: Counter[str | None] = Counter()
        places: dict[OpId, int] = {}
        for entry in sorted(self._entries.values(), key=lambda entry: entry.order):
            if entry.state == "waiting":
                counts[entry.request.lane] += 1
                places[entry.id] = counts[entry.request.lane]
        return places
