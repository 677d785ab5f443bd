"""A backend in this process as a radio: events numbered and folded, requests queued, links told apart."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import cast

from bletui.backend import Backend
from bletui.clock import Clock, Steady
from bletui.connections import ConnectionQueue, Policy
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Advertisements,
    Batch,
    Connect,
    Disconnect,
    Event,
    Folding,
    GattTree,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Operation,
    OperationChanged,
    OpId,
    Owner,
    Pair,
    Peer,
    Prompt,
    PromptClosed,
    Request,
    Result,
    ScanRequest,
    ServicesChanged,
    Snapshot,
    Subscribe,
    TreeChanged,
)
from bletui.radio.addressing import typed
from bletui.radio.attachment import LocalAttachment
from bletui.radio.ends import ends_with
from bletui.radio.journal import Journal, NoJournal
from bletui.radio.links import Links
from bletui.radio.port import Attachment, Radio
from bletui.radio.prompts import Prompts
from bletui.radio.releasing import Releasing
from bletui.radio.retries import by_vocabulary, with_the_lane
from bletui.radio.retries import once as one_attempt
from bletui.radio.returning import LIMIT, PATIENCE, Returning
from bletui.radio.runner import Runner, owner_of
from bletui.radio.subscriptions import Subscriptions
from bletui.radio.wishes import union

HISTORY_MAX = 20_000  # events
CLOSE_WITHIN = 1.5  # seconds for releasing what is ours: with the rest of its end a program is gone within two
LEAVE_WITHIN = 1.5  # seconds in which the links of an owner who leaves are released


class QueuedRadio(Radio):
    """Numbers what the backend emits, folds it into the snapshot, hands it to every seat; runs the queue."""

    def __init__(
        self,
        backend: Backend,
        name: str,
        *,
        clock: Clock | None = None,
        policy: Policy | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.name = name
        self._journal = journal or NoJournal()
        self.backend = backend
        self._wall = Steady(clock or Clock())
        self._folding = Folding()
        self._seats: list[LocalAttachment] = []
        self._wishes: dict[str, ScanRequest] = {}
        self._scanning: ScanRequest | None = None
        self._history: deque[Batch] = deque()
        self._remembered = 0
        self._links = Links(self._folding, self._journal)
        usual = policy or by_vocabulary()
        self._patient = with_the_lane(usual)
        self._queue = ConnectionQueue(usual, self._signal, chooses_lane=backend.chooses_lane)
        self.runner = Runner(
            backend, self._queue, self._wall.wall, self._progress, self._links.serving, self._signal,
            typed=lambda request: typed(request, self._folding), heard=self._heard_since, making=self._links.making,
        )  # fmt: skip
        self._prompts = Prompts(self.runner, self._wall.wall)
        self._subscriptions = Subscriptions(self.runner.by_itself, self._publish, self._wall.wall, self._links.is_up)
        self._returning = Returning(self._ask_again, self.runner.beside, self.runner.cancel)
        self._releasing = Releasing(
            lambda peer: self.runner.by_itself(Disconnect(peer.address, peer.lane)),
            self._links.is_unused,
            self.runner.beside,
        )
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Opens the backend; `BleError` only for what waiting can't mend, and the backend is closed again then."""
        ready = asyncio.Event()
        self._serving = asyncio.get_running_loop().create_task(self.runner.serve(ready), name=f"queue of {self.name}")
        self._serving.add_done_callback(self._served)
        try:
            await ready.wait()
            self._journal.opened()
            await self.backend.open(self._emit)
        except BaseException:  # cancelled too: what was opened so far is closed
            await self._stop()
            raise

    async def attach(self, owner: Owner, *, deaf: bool = False) -> Attachment:
        seat = LocalAttachment(self, owner, Snapshot() if deaf else self._folding.snapshot())
        if deaf:
            seat.close()
        self._seats.append(seat)
        return seat

    async def aclose(self) -> None:
        """Releases our own links, bounded, then ends everything."""
        for peer in sorted(self._links.ours):
            self.runner.release(peer)
        self.runner.settle()
        if self._links.ours:
            await self.runner.drained(CLOSE_WITHIN)
        await self._stop()
        for seat in self._seats:
            seat.end("the radio was closed")
        self._seats.clear()

    def _served(self, serving: asyncio.Task[None]) -> None:
        """A bug in a call must not leave owners waiting for events that never come."""
        bug = None if serving.cancelled() else serving.exception()
        for seat in self._seats if bug else ():
            seat.close(bug)

    async def _stop(self) -> None:
        self._prompts.forget()
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving])
        await self.backend.aclose()
        await self._journal.aclose()

    # -- what seats ask for

    def wish(self, owner: Owner, request: ScanRequest | None) -> None:
        if request is None:
            self._wishes.pop(owner.id, None)
        else:
            self._wishes[owner.id] = request
        self._listen()

    def _listen(self) -> None:
        """Scans for what owners wish, and for devices that an operation waits to hear."""
        wanted = union((*self._wishes.values(), *(ScanRequest() for _ in self._queue.looking())))
        if wanted != self._scanning:
            self._scanning = wanted
            self.backend.scan(wanted)

    def rescan(self) -> None:
        if self._scanning is not None:
            self.backend.scan(None)
            self.backend.scan(self._scanning)

    async def perform(
        self, id_: OpId, request: Request, *, limit: float, deadline: float | None, priority: int, once: bool = False
    ) -> Result:
        match request:
            case Connect(address=address) | Pair(address=address):
                self._returning.supersede(address)
            case Disconnect(address=address, lane=lane, force=force):
                if not force:
                    self._links.refuse_end(owner_of(id_), self._links.find(address, lane))
                self._returning.let_go(address, lane)
            case _:
                pass
        policy = one_attempt if once else None
        make = partial(self.runner.perform, id_, limit=limit, deadline=deadline, priority=priority, policy=policy)
        return await self._made(id_, request, make)

    async def _ask_again(self, id_: OpId, request: Connect, lost: Failure) -> Result:
        make = partial(
            self.runner.perform, id_, limit=LIMIT, deadline=PATIENCE, priority=0, policy=self._patient, lost=lost
        )
        return await self._made(id_, request, make)

    async def _made(
        self, id_: OpId, request: Request, make: Callable[[Request], Coroutine[None, None, Result]]
    ) -> Result:
        if isinstance(request, Connect) and (link := self._links.find(request.address, request.lane)):
            if request.pair and not link.bonded:
                await make(Pair(request.address, link.peer.lane))
            self._hold(owner_of(id_), link.peer, request)
            return link.peer

        async def run() -> Result:
            return await make(typed(request, self._folding))

        if isinstance(request, Subscribe):
            if link := self._links.find(request.address, request.lane):
                await self._subscriptions.ask(owner_of(id_), request, link.peer, run)
                return None
            if request.mode == "off" and self._subscriptions.drop(owner_of(id_), request.address, request.handle):
                return None
        result = await run()
        if isinstance(result, GattTree):
            self._publish([TreeChanged(self._wall.wall(), result)])
        elif isinstance(request, Connect | Pair) and (link := self._links.find(request.address, request.lane)):
            self.runner.beside(self._subscriptions.rearm(link.peer))
        return result

    def adopt(self, owner: str, peer: Peer) -> None:
        """Makes a foreign link ours, to be released with the others."""
        adopted = self._links.adopt(owner, peer, self._wall.wall())
        self._returning.hold(owner, peer, Connect(peer.address, peer.lane))
        self._publish([adopted])

    def pause(self, lane: str, *, paused: bool) -> None:
        (self._queue.pause if paused else self._queue.resume)(lane)
        known = self._folding.lane(lane)
        if known is not None:
            self._publish([LaneChanged(self._wall.wall(), replace(known, paused=paused))])
        self.runner.settle()

    def history(self, since: float) -> tuple[Batch, ...]:
        return tuple(batch for batch in self._history if batch.events[-1].at >= since)

    async def leave(self, seat: LocalAttachment, *, keep: bool) -> None:
        """`keep` False: what its owner asked for ends, and the links that nobody else asked for or listens on."""
        if seat in self._seats:
            self._seats.remove(seat)
        if not self._seats:
            self._prompts.abandoned()
        if not keep:
            owner = seat.owner.id
            self.wish(seat.owner, None)
            self._returning.leave(owner)
            self.runner.cancel_all_of(owner)
            await self._releasing.these(self._links.unused(besides=owner), LEAVE_WITHIN)
            self._publish(self._links.leave(owner, self._wall.wall()))  # what is still up
            self.runner.beside(self._subscriptions.leave(owner))

    # -- what the backend says

    def _emit(self, events: Sequence[Event]) -> None:
        rare = set(map(type, events)) != {Advertisement}
        if rare:
            self._follow(events)
        else:
            self._publish(Advertisements(cast(Sequence[Advertisement], events)))
        looking = self._queue.looking()
        for event in events if looking else ():
            if type(event) is Advertisement and event.address in looking:
                self._queue.heard(event.address)
                rare = True
        if rare:
            self.runner.settle_soon()

    def _follow(self, events: Sequence[Event]) -> None:
        """One after the other: what an event means depends on those before it, also on those of its own batch."""
        for heard, run in groupby(events, key=lambda event: type(event) is Advertisement):
            if heard:
                self._publish(Advertisements(cast(Iterator[Advertisement], run)))
                continue
            for event in run:
                told = self._told(event)
                self._publish(told)
                for said in told:
                    self._noted(said)

    def _progress(self, told: Sequence[OperationChanged]) -> None:
        """What the queue tells: whoever hears that a link is there may rely on its coming back."""
        for changed in told:
            match changed.operation:
                case Operation(state="done", id=id_, request=Connect() as request, result=Peer() as peer):
                    self._hold(owner_of(id_), peer, request)
        self._publish(told)
        self._listen()

    def _hold(self, owner: str, peer: Peer, request: Connect) -> None:
        if peer in self._links.ours:
            self._returning.hold(owner, peer, request)
        self._publish(self._links.hold(owner, peer, self._wall.wall()))

    def _publish(self, events: Sequence[Event]) -> None:
        if not events:
            return
        batch = Batch(self._folding.seq + 1, events if type(events) is Advertisements else tuple(events))
        self._folding.add(batch)
        self._remember(batch)
        for seat in self._seats:
            seat.offer(batch)

    def _told(self, event: Event) -> list[Event]:
        """The event as the radio tells it: whose a link is, and the ends that a lane's end brings."""
        match event:
            case LaneChanged(lane=lane) if self._queue.is_paused(lane.id):
                return [replace(event, lane=replace(lane, paused=True))]
            case LinkChanged(peer=peer, state="up"):
                return [self._links.came_up(event, self.runner.connecting(peer), self.runner.release)]
            case LinkChanged(peer=peer, state="down", reason=reason):
                return [*self._subscriptions.ended(peer, reason), self._links.ended(event, self.runner.ending(peer))]
            case Prompt(op=None, peer=peer):
                return [replace(event, op=self.runner.asking(peer))]
            case LaneDown(at=at, lane=lane, reason=reason):
                ends = ends_with(self._folding.snapshot(), lane, at, reason)
                self._links.lane_goes(lane)
                self._returning.lane_gone(lane, reason)
                for peer in [end.peer for end in ends if isinstance(end, LinkChanged)]:
                    self._subscriptions.ended(peer, reason)  # told among the ends already
                return [*ends, event]
            case _:
                return [event]

    def _noted(self, event: Event) -> None:
        """What the queue has to know of it."""
        match event:
            case LaneChanged(lane=lane):
                self._queue.lane_changed(lane)
                if lane.usable is None:
                    self._links.lane_usable(lane.id)
            case LaneDown(lane=lane, reason=reason):
                self._queue.lane_down(lane)
                self.runner.lane_down(lane, reason)
                for peer in self._links.lane_gone(lane):
                    self._queue.link_changed(peer, up=False)
            case ServicesChanged(peer=peer):
                self._subscriptions.moved(peer.address)
            case Prompt():
                self._prompts.opened(event, attended=bool(self._seats))
                if event.op is not None:
                    self._queue.phase(event.op, "pairing")
            case PromptClosed(id=number):
                self._prompts.closed(number)
            case LinkChanged(peer=peer, state="up"):
                self._queue.link_changed(peer, up=True)
                self.runner.link_up(peer)
                if self._links.is_back(peer):  # told before its lane can be used again: it was there all the time
                    self.runner.beside(self._subscriptions.rearm(peer))
            case LinkChanged(peer=peer, state="down", reason=reason):
                self._returning.ended(peer, reason, self._folding.lane(peer.lane))
                self._links.forget(peer)
                self._queue.link_changed(peer, up=False)
                self.runner.link_down(peer, reason or Failure(kind=ErrorKind.LINK_LOST, address=peer.address))
            case _:
                pass

    def _remember(self, batch: Batch) -> None:
        self._history.append(batch)
        self._remembered += len(batch.events)
        while self._remembered > HISTORY_MAX and len(self._history) > 1:
            self._remembered -= len(self._history.popleft().events)

    # -- small questions

    def _heard_since(self, address: str, lane: str | None, since: float) -> bool:
        lanes = self._folding.lanes() if lane is None else (lane,)
        found = [self._folding.last(one, address) for one in lanes]
        return any(heard is not None and heard.at >= since for heard in found)

    def _signal(self, address: str, lane: str) -> int | None:
        heard = self._folding.last(lane, address)
        return None if heard is None else heard.rssi
