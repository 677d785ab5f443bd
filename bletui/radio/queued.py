"""A backend in this process as a radio."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from bletui.backend import Backend
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Batch,
    Event,
    Folding,
    LaneDown,
    LinkChanged,
    OpId,
    Owner,
    Peer,
    PromptClosed,
    Request,
    Result,
    Role,
    ScanRequest,
    Snapshot,
)
from bletui.radio.port import Attachment, Radio
from bletui.radio.seat import Seat
from bletui.radio.wishes import union

HISTORY_MAX = 20_000  # events

_RANK: dict[Role, int] = {"viewer": 0, "reader": 1, "operator": 2}


class QueuedRadio(Radio):
    """Numbers what the backend emits, folds it into the snapshot and hands it to every seat."""

    def __init__(self, backend: Backend, name: str) -> None:
        self.name = name
        self._backend = backend
        self._folding = Folding()
        self._seats: dict[_LocalAttachment, Seat] = {}
        self._wishes: dict[str, ScanRequest] = {}
        self._scanning: ScanRequest | None = None
        self._history: deque[Batch] = deque()
        self._remembered = 0

    async def open(self) -> None:
        """Opens the backend; `BleError` only for what waiting can't mend, and the backend is closed again then."""
        try:
            await self._backend.open(self._emit)
        except BaseException:
            await self._backend.aclose()
            raise

    async def attach(self, owner: Owner) -> Attachment:
        attachment = _LocalAttachment(self, owner, self._folding.snapshot())
        self._seats[attachment] = attachment.seat
        return attachment

    async def aclose(self) -> None:
        await self._backend.aclose()
        for seat in self._seats.values():
            seat.close()
        self._seats.clear()

    # -- what seats ask for

    def wish(self, owner: Owner, request: ScanRequest | None) -> None:
        if request is None:
            self._wishes.pop(owner.id, None)
        else:
            self._wishes[owner.id] = request
        wanted = union(tuple(self._wishes.values()))
        if wanted != self._scanning:
            self._scanning = wanted
            self._backend.scan(wanted)

    def history(self, since: float) -> tuple[Batch, ...]:
        return tuple(batch for batch in self._history if batch.events[-1].at >= since)

    def leave(self, attachment: _LocalAttachment, *, keep: bool) -> None:
        seat = self._seats.pop(attachment, None)
        if seat is not None:
            seat.close()
        if not keep:
            self.wish(attachment.owner, None)

    # -- what the backend says

    def _emit(self, events: Sequence[Event]) -> None:
        told = [said for event in events for said in self._told(event)] if _rare(events) else events
        if not told:
            return
        batch = Batch(self._folding.seq + 1, tuple(told))
        self._folding.add(batch)
        self._remember(batch)
        for seat in self._seats.values():
            seat.offer(batch)

    def _told(self, event: Event) -> list[Event]:
        """The event as the radio tells it: whose a link is, and the ends that a lane's end brings."""
        match event:
            case LinkChanged(state="up", foreign=None):
                return [replace(event, foreign=True)]
            case LaneDown(at=at, lane=lane, reason=reason):
                return [*_ends(self._folding.snapshot(), lane, at, reason), event]
            case _:
                return [event]

    def _remember(self, batch: Batch) -> None:
        self._history.append(batch)
        self._remembered += len(batch.events)
        while self._remembered > HISTORY_MAX and len(self._history) > 1:
            self._remembered -= len(self._history.popleft().events)


def _rare(events: Sequence[Event]) -> bool:
    return any(type(event) is LinkChanged or type(event) is LaneDown for event in events)


def _ends(now: Snapshot, lane: str, at: float, reason: Failure) -> list[Event]:
    """What ends with a lane: its subscriptions, prompts and links, in this order."""
    lost = [
        replace(changed, at=at, owners=(), lost=reason)
        for (peer, _), changed in now.subscriptions.items()
        if peer.lane == lane
    ]
    gone = [PromptClosed(at, prompt.id, "gone") for prompt in now.prompts.values() if prompt.peer.lane == lane]
    down = [LinkChanged(at, peer, "down", reason) for peer in now.links if peer.lane == lane]
    return [*lost, *gone, *down]


class _LocalAttachment(Attachment):
    def __init__(self, radio: QueuedRadio, owner: Owner, snapshot: Snapshot) -> None:
        self.owner = owner
        self.snapshot = snapshot
        self.seat = Seat()
        self._radio = radio

    def events(self) -> AsyncIterator[Batch]:
        return self.seat.events()

    async def scan(self, request: ScanRequest | None) -> None:
        self._allow("reader", "scan")
        self._radio.wish(self.owner, request)

    async def history(self, since: float) -> tuple[Batch, ...]:
        return self._radio.history(since)

    async def detach(self, *, keep: bool) -> None:
        self._radio.leave(self, keep=keep)

    async def perform(
        self,
        request: Request,
        *,
        op: OpId | None = None,
        limit: float = 20.0,
        deadline: float | None = None,
        priority: int = 0,
    ) -> Result:
        raise self._not_queued(type(request).__name__.lower())

    async def cancel(self, op: OpId) -> None:
        raise self._not_queued("cancel")

    async def promote(self, op: OpId) -> None:
        raise self._not_queued("promote")

    async def retry_now(self, op: OpId) -> None:
        raise self._not_queued("retry_now")

    async def pause(self, lane: str) -> None:
        raise self._not_queued("pause")

    async def resume(self, lane: str) -> None:
        raise self._not_queued("resume")

    async def answer(self, prompt: int, value: str | None) -> None:
        raise self._not_queued("answer")

    async def adopt(self, peer: Peer) -> None:
        raise self._not_queued("adopt")

    def _allow(self, least: Role, operation: str) -> None:
        if _RANK[self.owner.role] < _RANK[least]:
            detail = f"{operation} needs the role {least}; this seat's is {self.owner.role}"
            raise BleError(Failure(kind=ErrorKind.ACCESS_REFUSED, operation=operation, detail=detail))

    def _not_queued(self, operation: str) -> BleError:
        detail = "this version scans; its connection queue is not built yet"
        return BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation=operation, detail=detail))
