"""A seat at a radio in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bletui.connections import verb
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Batch, OpId, Owner, Peer, Request, Result, Role, ScanRequest, Snapshot
from bletui.radio import checks
from bletui.radio.port import Attachment
from bletui.radio.roles import allow, least
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
        self._over: Failure | None = None

    def events(self) -> AsyncIterator[Batch]:
        return self._seat.events()

    def offer(self, batch: Batch) -> None:
        self._seat.offer(batch)

    def close(self, bug: BaseException | None = None) -> None:
        self._seat.close(bug)

    def end(self, detail: str) -> None:
        """No more events, and nothing is asked from here any more."""
        self._over = Failure(kind=ErrorKind.OP_CANCELLED, detail=detail)
        self.close()

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
        op = op or self._next()
        self._stay()
        checks.operation(op, self.owner.id)
        checks.perform(request, limit, deadline, priority)
        self._allow(least(request), verb(request))
        return await self._radio.perform(op, request, limit=limit, deadline=deadline, priority=priority, once=once)

    async def scan(self, request: ScanRequest | None) -> None:
        self._allow("reader", "scan")
        self._radio.wish(self.owner, request)

    async def rescan(self) -> None:
        self._allow("reader", "rescan")
        self._radio.rescan()

    async def cancel(self, op: OpId) -> None:
        self._allow("reader", "cancel")
        self._radio.runner.cancel(op)

    async def promote(self, op: OpId) -> None:
        self._allow("reader", "promote")
        self._radio.runner.queue.promote(op)
        self._radio.runner.settle()

    async def retry_now(self, op: OpId) -> None:
        self._allow("reader", "retry_now")
        self._radio.runner.queue.retry_now(op)
        self._radio.runner.settle()

    async def pause(self, lane: str) -> None:
        self._allow("reader", "pause")
        self._radio.pause(lane, paused=True)

    async def resume(self, lane: str) -> None:
        self._allow("reader", "resume")
        self._radio.pause(lane, paused=False)

    async def answer(self, prompt: int, value: str | None) -> None:
        self._allow("operator", "answer")
        await self._radio.backend.answer(prompt, value)

    async def adopt(self, peer: Peer) -> None:
        self._allow("operator", "adopt")
        self._radio.adopt(self.owner.id, peer)

    async def history(self, since: float) -> tuple[Batch, ...]:
        self._stay()
        checks.history(since)
        return self._radio.history(since)

    async def detach(self, *, keep: bool) -> None:
        if self._over is None:
            self.end("the seat was left")
            await self._radio.leave(self, keep=keep)

    def _allow(self, needed: Role, operation: str) -> None:
        self._stay()
        allow(self.owner, needed, operation)

    def _stay(self) -> None:
        if self._over is not None:
            raise BleError(self._over)

    def _next(self) -> OpId:
        self._asked += 1
        return OpId(f"{self.owner.id}/{id(self):x}", self._asked)
