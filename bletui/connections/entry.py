"""One operation in the queue: the states it may go through, and what is kept of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from bletui.connections.stages import StageClock
from bletui.connections.steps import takes_capacity, verb
from bletui.failure import ErrorKind, Failure
from bletui.model import Operation, OpId, OpState, Phase, Request, Result


class Again(NamedTuple):
    """That a failed attempt is to be repeated: `after` seconds from now, or when the device is heard.

    `of`: how many attempts that fail like this one are made in all; None: as many as it takes.
    """

    when: Literal["time", "heard"]
    after: float
    of: int | None = None


Policy = Callable[[Failure, Request, int], Again | None]  # the last: how many attempts failed like this one

_LEGAL: Mapping[OpState, frozenset[OpState]] = {
    "waiting": frozenset({"running", "failed", "cancelled"}),
    "running": frozenset({"done", "failed", "retrying", "cancelling"}),
    "retrying": frozenset({"waiting", "failed", "cancelled"}),
    "cancelling": frozenset({"cancelled"}),
    "done": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}


@dataclass(slots=True, kw_only=True)
class Entry:
    """What was asked for, how far it is, and what was found out meanwhile."""

    id: OpId
    request: Request
    order: tuple[int, int]  # (minus priority, arrival): the smallest runs first
    started: float
    limit: float
    deadline: float | None
    clock: StageClock
    policy: Policy
    aside: bool
    state: OpState = "waiting"
    phase: Phase = "queued"
    lane: str | None = None
    moved_from: str | None = None
    attempt: int = 0
    of: int | None = None
    failed: Counter[ErrorKind] = field(default_factory=Counter)
    retry_at: float | None = None
    failure: Failure | None = None
    result: Result = None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    @property
    def steps_aside(self) -> bool:
        """Whether later requests for its device pass it."""
        return self.ended or (self.aside and self.state in ("waiting", "retrying"))

    def facts(self, place: int) -> tuple[object, ...]:
        """What may change of `operation`, for much less: hundreds may wait, and are asked far more often than told."""
        return (
            self.state, self.phase, place, self.attempt, self.lane, self.moved_from,
            self.of, self.retry_at, self.failure, self.result,
        )  # fmt: skip

    def operation(self, place: int) -> Operation:
        return Operation(
            id=self.id,
            request=self.request,
            state=self.state,
            phase=self.phase,
            lane=self.lane if self.lane is not None else self.request.lane,
            place=place,
            attempt=self.attempt,
            of=self.of,
            started=self.started,
            limit=self.limit,
            retry_at=self.retry_at,
            failure=self.failure,
            result=self.result,
            moved_from=self.moved_from,
            spent=self.clock.spent,
            since=self.clock.since,
        )

    def move(self, state: OpState) -> None:
        if state not in _LEGAL[self.state]:
            raise AssertionError(f"{self.id}: {self.state} -> {state} is no move")
        self.state = state

    def wait(self) -> None:
        self.move("waiting")
        self.phase, self.retry_at = "queued", None

    def fail(self, failure: Failure) -> None:
        self.failure = failure
        self.move("failed")

    def cancelled(self) -> None:
        self.failure = Failure(kind=ErrorKind.OP_CANCELLED, operation=verb(self.request))
        self.move("cancelled")

    def late(self) -> None:
        """Its deadline has passed: what failed before is what it fails with, where something did."""
        kind = ErrorKind.LINK_CONNECT_TIMEOUT if takes_capacity(self.request) else ErrorKind.GATT_TIMEOUT
        self.fail(
            self.failure
            or Failure(
                kind=kind,
                operation=verb(self.request),
                address=self.request.address,
                lane=self.request.lane,
                detail="its deadline passed while it waited",
            )
        )
