"""A state as events: whole, for who comes late, and as what leads there from an older one, for who was away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from bletui.bridge.protocol.messages import SnapshotPart
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Batch,
    Event,
    LaneDown,
    LinkChanged,
    OperationChanged,
    PromptClosed,
    Shed,
    Snapshot,
    StreamChanged,
    SubscriptionChanged,
)

PART_MAX = 4096  # events; a frame of them stays far below the limit


def told(snapshot: Snapshot, at: float) -> Iterator[Event]:
    """Events that fold to `snapshot`; what it counts as shed is told as of `at`."""
    yield from snapshot.lanes.values()
    yield from snapshot.streams.values()
    yield from snapshot.links.values()
    yield from snapshot.trees.values()
    yield from snapshot.subscriptions.values()
    yield from snapshot.operations.values()
    yield from snapshot.prompts.values()
    yield from (Shed(at, lane, what, count) for (lane, what), count in snapshot.shed.items())
    for heard in snapshot.heard.values():
        yield from heard.values()


def parts(snapshot: Snapshot, at: float) -> Iterator[SnapshotPart]:
    """At least one; all carry the snapshot's own number, which is that of its last event and not of their first."""
    events = told(snapshot, at)
    some = tuple(islice(events, PART_MAX))
    while True:
        following = tuple(islice(events, PART_MAX))
        yield SnapshotPart(bool(following), Batch(snapshot.seq, some))
        if not following:
            return
        some = following


def between(before: Snapshot, after: Snapshot, at: float, *, same_run: bool) -> Iterator[Event]:
    """Events that lead from `before` to `after`, for who missed those in between.

    `same_run`: of one run of the bridge; what was shed is then told as the difference.
    """
    yield from _ends(before, after, at)
    for event in told(after, at):
        match event:
            case Shed(lane=lane, what=what, count=count) if same_run:
                more = count - before.shed.get((lane, what), 0)
                yield from [replace(event, count=more)] if more > 0 else []
            case _:
                yield event


def _ends(before: Snapshot, after: Snapshot, at: float) -> Iterator[Event]:
    """What is over, in the order in which a radio tells ends."""
    missed = Failure(
        kind=ErrorKind.NET_CLOSED, source="bletui.bridge", detail="it ended while the bridge was not heard"
    )
    for (peer, handle), subscription in before.subscriptions.items():
        if (peer, handle) not in after.subscriptions:
            yield SubscriptionChanged(at, peer, handle, subscription.mode, (), missed)
    yield from (PromptClosed(at, number, "gone") for number in before.prompts if number not in after.prompts)
    for peer in dict.fromkeys((*before.links, *before.trees)):
        if peer not in after.links or (peer in before.trees and peer not in after.trees):
            yield LinkChanged(at, peer, "down", missed)
    yield from (LaneDown(at, lane, missed) for lane in before.lanes if lane not in after.lanes)
    for key, stream in before.streams.items():
        if key not in after.streams and stream.state != "off":
            yield StreamChanged(at, *key, "off")
    for id_, changed in before.operations.items():
        if id_ not in after.operations and not changed.operation.ended:
            unknown = replace(missed, outcome_unknown=True)
            yield OperationChanged(at, replace(changed.operation, state="failed", failure=unknown, retry_at=None))
