"""What a radio looks like now: the newest event of each kind, kept by folding events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, cast

from bletui.model.events import (
    Advertisement,
    Advertisements,
    Event,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    OperationChanged,
    Prompt,
    PromptClosed,
    ServicesChanged,
    Shed,
    StreamChanged,
    SubscriptionChanged,
    TreeChanged,
)
from bletui.model.names import Lane, OpId, Peer

HEARD_MAX = 65_536  # addresses per lane: rotating private addresses would otherwise grow without bound
HEARD_SLACK = 8_192  # more that are let in before the oldest are looked for
ENDED_MAX = 256  # operations that are over


class Batch(NamedTuple):
    """Events in order; `seq` numbers the first one."""

    seq: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`seq` is the number of the last event folded in. `shed` adds up; `heard` is per lane, in no order."""

    seq: int = 0
    lanes: Mapping[str, LaneChanged] = field(default_factory=dict)
    streams: Mapping[tuple[str | None, str], StreamChanged] = field(default_factory=dict)
    links: Mapping[Peer, LinkChanged] = field(default_factory=dict)
    heard: Mapping[str, Mapping[str, Advertisement]] = field(default_factory=dict)
    trees: Mapping[Peer, TreeChanged] = field(default_factory=dict)
    subscriptions: Mapping[tuple[Peer, int], SubscriptionChanged] = field(default_factory=dict)
    operations: Mapping[OpId, OperationChanged] = field(default_factory=dict)
    prompts: Mapping[int, Prompt] = field(default_factory=dict)
    shed: Mapping[tuple[str | None, str], int] = field(default_factory=dict)


def fold(snapshot: Snapshot, batch: Batch) -> Snapshot:
    """`snapshot` after `batch`; pure. Many batches in a row are cheaper through one `Folding`."""
    folding = Folding(snapshot)
    folding.add(batch)
    return folding.snapshot()


class Folding:
    """A snapshot in the making: cheap to add to, and `snapshot()` hands out an independent value."""

    def __init__(self, start: Snapshot | None = None) -> None:
        s = start or Snapshot()
        self.seq = s.seq
        self._lanes = dict(s.lanes)
        self._streams = dict(s.streams)
        self._links = dict(s.links)
        self._heard = {lane: dict(heard) for lane, heard in s.heard.items()}
        self._trees = dict(s.trees)
        self._subscriptions = dict(s.subscriptions)
        self._operations = dict(s.operations)
        self._ended = {id_: None for id_, changed in s.operations.items() if changed.operation.ended}  # oldest first
        self._prompts = dict(s.prompts)
        self._shed = dict(s.shed)

    def snapshot(self) -> Snapshot:
        return Snapshot(
            self.seq,
            dict(self._lanes),
            dict(self._streams),
            dict(self._links),
            {lane: _newest(heard) for lane, heard in self._heard.items()},
            dict(self._trees),
            dict(self._subscriptions),
            dict(self._operations),
            dict(self._prompts),
            dict(self._shed),
        )

    def last(self, lane: str, address: str) -> Advertisement | None:
        """The newest advertisement of `address` on `lane`."""
        return self._heard.get(lane, {}).get(address)

    def lanes(self) -> tuple[str, ...]:
        return tuple(self._lanes)

    def lane(self, lane: str) -> Lane | None:
        changed = self._lanes.get(lane)
        return None if changed is None else changed.lane

    def link(self, peer: Peer) -> LinkChanged | None:
        return self._links.get(peer)

    def links(self) -> tuple[LinkChanged, ...]:
        return tuple(self._links.values())

    def listeners(self, peer: Peer) -> set[str]:
        """Who is subscribed to a value of this link."""
        return {owner for (other, _), one in self._subscriptions.items() if other == peer for owner in one.owners}

    def links_to(self, address: str) -> list[LinkChanged]:
        return [link for peer, link in self._links.items() if peer.address == address]

    def add(self, batch: Batch) -> None:
        self.extend(batch.events)
        self.seq = batch.seq + len(batch.events) - 1

    def extend(self, events: Iterable[Event]) -> None:
        """Folds events without moving `seq`."""
        if type(events) is Advertisements:
            self._hear(events)
            return
        for kind, run in groupby(events, key=type):
            if kind is Advertisement:  # thousands a second: past the match below
                self._hear(Advertisements(cast(Iterator[Advertisement], run)))
            else:
                for event in run:
                    self._apply(event)

    def _hear(self, events: Advertisements) -> None:
        for lane, some in _by_lane(events).items():
            heard = self._heard.setdefault(lane, {})
            heard.update(zip(map(_address, some), some, strict=True))
            if len(heard) > HEARD_MAX + HEARD_SLACK:
                self._heard[lane] = _newest(heard)

    def _apply(self, event: Event) -> None:
        match event:
            case LaneChanged(lane=lane):
                self._lanes[lane.id] = event
            case LaneDown(lane=gone):
                self._lanes.pop(gone, None)
            case StreamChanged(lane=at, stream=stream):
                self._streams[at, stream] = event
            case LinkChanged(peer=peer, state="down"):
                self._links.pop(peer, None)
                self._trees.pop(peer, None)
            case LinkChanged(peer=peer):
                self._links[peer] = event
            case TreeChanged(tree=tree):
                self._trees[tree.peer] = event
            case SubscriptionChanged(peer=peer, handle=handle, owners=()):
                self._subscriptions.pop((peer, handle), None)
            case SubscriptionChanged(peer=peer, handle=handle):
                self._subscriptions[peer, handle] = event
            case OperationChanged(operation=operation):
                self._operations.pop(operation.id, None)
                self._operations[operation.id] = event
                self._ended.pop(operation.id, None)
                if operation.ended:
                    self._ended[operation.id] = None
                    self._forget_ended()
            case Prompt(id=number):
                self._prompts[number] = event
            case PromptClosed(id=number):
                self._prompts.pop(number, None)
            case Shed(lane=at, what=what, count=count):
                self._shed[at, what] = self._shed.get((at, what), 0) + count
            case ServicesChanged() | Notification() | Advertisement():
                pass

    def _forget_ended(self) -> None:
        while len(self._ended) > ENDED_MAX:
            oldest = next(iter(self._ended))
            del self._ended[oldest]
            del self._operations[oldest]


def _newest(heard: dict[str, Advertisement]) -> dict[str, Advertisement]:
    """A copy with what was heard last, `HEARD_MAX` at most."""
    if len(heard) <= HEARD_MAX:
        return dict(heard)
    return {one.address: one for one in sorted(heard.values(), key=_at)[-HEARD_MAX:]}


def _by_lane(events: Advertisements) -> Mapping[str, Sequence[Advertisement]]:
    if len(set(map(_lane, events))) == 1:
        return {events[0].lane: events}
    lanes: dict[str, list[Advertisement]] = {}
    for event in events:
        lanes.setdefault(event.lane, []).append(event)
    return lanes


_at = attrgetter("at")
_lane = attrgetter("lane")
_address = attrgetter("address")
