"""A seat at a radio in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bletui.model import Batch, OpId, Owner, Peer, Request, Result, ScanRequest, Snapshot
from bletui.radio.port import Attachment
from bletui.radio.roles import allow, allow_request
from bletui.radio.seat import Seat

if TYPE_CHECKING:
    from bletui.radio.queued import QueuedRadio


class LocalAttachment(Attachment):
    def __init__(self, radio: QueuedRadio, owner: Owner, snapshot: Snapshot) -> None:
        self.owner = owner
        self.snapshot = snapshot
        self._radio = radio
        self._seat = Seat()
        self._asked = 0

    def events(self) -> AsyncIterator[Batch]:
        return self._seat.events()

    def offer(self, batch: Batch) -> None:
        self._seat.offer(batch)

    def close(self, bug: BaseException | None = None) -> None:
        self._seat.close(bug)

    async def perform(
        self,
        request: Request,
        *,
        op: OpId | None = None,
        limit: float = 20.0,
        deadline: float | None = None,
        priority: int = 0,
        once: bool = False,
    ) -> Result:
        allow_request(self.owner, request)
        return await self._radio.perform(
            op or self._next(), request, limit=limit, deadline=deadline, priority=priority, once=once
        )

    async def scan(self, request: ScanRequest | None) -> None:
        allow(self.owner, "reader", "scan")
        self._radio.wish(self.owner, request)

    async def rescan(self) -> None:
        allow(self.owner, "reader", "rescan")
        self._radio.rescan()

    async def cancel(self, op: OpId) -> None:
        allow(self.owner, "reader", "cancel")
        self._radio.runner.cancel(op)

    async def promote(self, op: OpId) -> None:
        allow(self.owner, "reader", "promote")
        self._radio.runner.queue.promote(op)
        self._radio.runner.settle()

    async def retry_now(self, op: OpId) -> None:
        allow(self.owner, "reader", "retry_now")
        self._radio.runner.queue.retry_now(op)
        self._radio.runner.settle()

    async def pause(self, lane: str) -> None:
        allow(self.owner, "reader", "pause")
        self._radio.pause(lane, paused=True)

    async def resume(self, lane: str) -> None:
        allow(self.owner, "reader", "resume")
        self._radio.pause(lane, paused=False)

    async def answer(self, prompt: int, value: str | None) -> None:
        allow(self.owner, "operator", "answer")
        await self._radio.backend.answer(prompt, value)

    async def adopt(self, peer: Peer) -> None:
        allow(self.owner, "operator", "adopt")
        self._radio.adopt(self.owner.id, peer)

    async def history(self, since: float) -> tuple[Batch, ...]:
        return self._radio.history(since)

    async def detach(self, *, keep: bool) -> None:
        self._radio.leave(self, keep=keep)

    def _next(self) -> OpId:
        self._asked += 1
        return OpId(f"{self.owner.id}/{id(self):x}", self._asked)
