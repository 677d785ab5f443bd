"""What a line of the log is about: the device, the lane, the attribute, the sort of thing; as a filter reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bletui.connections import verb
from bletui.failure import Severity
from bletui.log.entries import Entry, Mark
from bletui.log.narration import level, log_words, told
from bletui.model import (
    Event,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    OperationChanged,
    Peer,
    Prompt,
    PromptClosed,
    ServicesChanged,
    Shed,
    StreamChanged,
    SubscriptionChanged,
    TreeChanged,
)

SORTS: Mapping[type, str] = {
    LaneChanged: "lane",
    LaneDown: "lane",
    StreamChanged: "stream",
    LinkChanged: "link",
    OperationChanged: "operation",
    Notification: "notification",
    SubscriptionChanged: "subscription",
    TreeChanged: "tree",
    ServicesChanged: "tree",
    Prompt: "prompt",
    PromptClosed: "prompt",
    Shed: "shed",
    Mark: "mark",
}


@dataclass(frozen=True, slots=True)
class About:
    """None, or no handle, where a line is about none. `address`: of a device, as it was opened."""

    address: str | None = None
    lane: str | None = None
    handle: int | None = None

    @property
    def peer(self) -> Peer | None:
        return Peer(self.lane, self.address) if self.lane is not None and self.address is not None else None


def about(event: Event | Mark) -> About:
    match event:
        case LaneChanged(lane=lane):
            return About(lane=lane.id)
        case LaneDown(lane=id_) | StreamChanged(lane=id_) | Shed(lane=id_):
            return About(lane=id_)
        case OperationChanged(operation=one):
            lane_id = one.lane or one.request.lane
            return About(one.request.address or None, lane_id, getattr(one.request, "handle", None))
        case TreeChanged(tree=tree):
            return About(tree.peer.address, tree.peer.lane)
        case Notification(peer=peer, handle=handle) | SubscriptionChanged(peer=peer, handle=handle):
            return About(peer.address, peer.lane, handle)
        case LinkChanged(peer=peer) | ServicesChanged(peer=peer) | Prompt(peer=peer):
            return About(peer.address, peer.lane)
        case _:
            return About()


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry as a `LogRow`. `name_of`: what a device calls itself, by its address; `lanes`: their names by id."""

    entry: Entry
    name_of: Callable[[str], str | None]
    lanes: Mapping[str, str]

    @property
    def at(self) -> float:
        return self.entry.event.at

    @property
    def severity(self) -> Severity:
        return level(self.entry.event)

    @property
    def kinds(self) -> Iterator[str]:
        event = self.entry.event
        yield SORTS.get(type(event), "")
        if isinstance(event, OperationChanged):
            yield verb(event.operation.request)
        failure = told(event)
        if failure is not None:
            yield from ("failure", failure.kind.value, failure.kind.code.lower())

    @property
    def device_words(self) -> Iterator[str]:
        address = about(self.entry.event).address
        if address is not None:
            yield address.casefold()
            yield (self.name_of(address) or "").casefold()

    @property
    def lane_words(self) -> Iterable[str]:
        lane = about(self.entry.event).lane
        return (self.entry.radio, *(() if lane is None else (lane, self.lanes.get(lane, ""))))

    @property
    def words(self) -> str:
        return log_words(self.entry, self.lanes)
