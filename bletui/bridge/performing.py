"""One owner's operations: each done once, however often a client that lost its connection asks for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bletui.bridge.protocol.messages import Perform
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Discover, ListBonds, OpId, Read, ReadRssi, Request, Result
from bletui.target import invalid

KEPT = 256  # outcomes of operations that have ended
PENDING_MAX = 512  # operations of one user that wait or run
_HARMLESS = (Read, ReadRssi, Discover, ListBonds)  # done twice they leave the device as once

Make = Callable[[Perform], Awaitable[Result]]


@dataclass(slots=True)
class _Known:
    request: Request
    task: asyncio.Task[Failure | Result]


class Pending:
    """How many operations of one user or token wait or run, at whatever seats; they outlast their connections."""

    def __init__(self, most: int = PENDING_MAX) -> None:
        self._most = most
        self._count = 0

    def begin(self, task: asyncio.Task[Failure | Result]) -> None:
        self._count += 1
        task.add_done_callback(self._ended)

    def _ended(self, _: asyncio.Task[Failure | Result]) -> None:
        self._count -= 1

    def admit(self) -> None:
        """`busy.capacity`: there may be no more."""
        if self._count >= self._most:
            detail = f"{self._count} operations of this user wait or run already"
            raise BleError(Failure(kind=ErrorKind.BUSY_CAPACITY, source="bletui.bridge", detail=detail))


class Performing:
    """The tasks live in the bridge's group: an operation outlasts the connection that asked for it."""

    def __init__(self, group: asyncio.TaskGroup, make: Make, pending: Pending | None = None) -> None:
        self._group = group
        self._make = make
        self._pending = pending or Pending()
        self._known: OrderedDict[OpId, _Known] = OrderedDict()

    def running(self) -> int:
        return sum(not known.task.done() for known in self._known.values())

    async def perform(self, asked: Perform) -> Result:
        """Starts it, or waits for the one that was started; cancelling the waiting cancels nothing else."""
        known = self._known.get(asked.op)
        if known is None:
            if asked.again and not isinstance(asked.request, _HARMLESS):
                raise _unknown(asked)
            self._pending.admit()
            task = self._group.create_task(self._run(asked), name=f"operation {asked.op.n} of {asked.op.owner}")
            self._pending.begin(task)
            known = self._known[asked.op] = _Known(asked.request, task)
            self._forget()
        elif known.request != asked.request:
            raise invalid(f"operation {asked.op.n} of {asked.op.owner} was another request")
        elif not asked.again:
            raise invalid(f"operation {asked.op.n} of {asked.op.owner} was asked for before")
        await asyncio.wait([known.task])
        outcome = Failure(kind=ErrorKind.OP_CANCELLED) if known.task.cancelled() else known.task.result()
        if isinstance(outcome, Failure):
            raise BleError(outcome)
        return outcome

    def cancel(self, op: OpId) -> None:
        """As the caller's going away does where the radio is in its own process."""
        if known := self._known.get(op):
            known.task.cancel()

    def end(self) -> None:
        for known in self._known.values():
            known.task.cancel()

    async def _run(self, asked: Perform) -> Failure | Result:
        try:
            return await self._make(asked)
        except BleError as failed:
            return failed.failure

    def _forget(self) -> None:
        """The oldest that have ended, many at once, so that the cost per operation stays constant."""
        if len(self._known) > 2 * KEPT:
            ended = [op for op, known in self._known.items() if known.task.done()]
            for op in ended[: max(0, len(ended) - KEPT)]:
                del self._known[op]


def _unknown(asked: Perform) -> BleError:
    """Asked again, and not known: the bridge that was asked first is gone, or it is too long ago."""
    detail = "the bridge was started anew meanwhile; whether this was done is not known"
    return BleError(
        Failure(
            kind=ErrorKind.NET_CLOSED,
            source="bletui.bridge",
            address=asked.request.address or None,
            lane=asked.request.lane,
            detail=detail,
            outcome_unknown=True,
        )
    )
