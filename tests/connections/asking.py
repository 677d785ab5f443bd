"""A connection queue with a policy of three rules, asked and read in a line each."""

from __future__ import annotations

from bletui.connections import Again, Call, ConnectionQueue, Step
from bletui.failure import ErrorKind, Failure
from bletui.model import Lane, Operation, OpId, Request

A, B, C = "AA:00:00:00:00:01", "BB:00:00:00:00:02", "CC:00:00:00:00:03"
BUSY = Failure(kind=ErrorKind.BUSY_CHIP)
UNSEEN = Failure(kind=ErrorKind.LINK_NOT_SEEN)
BROKEN = Failure(kind=ErrorKind.LINK_CONNECT_FAILED)
FINAL = Failure(kind=ErrorKind.REQUEST_INVALID)


def policy(failure: Failure, request: Request, tries: int) -> Again | None:
    match failure.kind:
        case ErrorKind.BUSY_CHIP:
            return Again("time", 1.0)
        case ErrorKind.LINK_CONNECT_FAILED:
            return Again("time", 0.5 * tries, 3) if tries < 3 else None
        case ErrorKind.LINK_NOT_SEEN:
            return Again("heard", 0.0)
        case _:
            return None


def queue(*lanes: Lane) -> ConnectionQueue:
    made = ConnectionQueue(policy, lambda address, lane: None)
    for lane in lanes or (Lane("a"),):
        made.lane_changed(lane)
    return made


def op(n: int) -> OpId:
    return OpId("me", n)


def ask(q: ConnectionQueue, n: int, request: Request, now: float = 0.0, **more: object) -> None:
    q.submit(op(n), request, now, limit=20.0, **more)  # type: ignore[arg-type]


def started(steps: list[Step]) -> list[int]:
    return [step.id.n for step in steps if isinstance(step, Call)]


def told(q: ConnectionQueue, now: float = 0.0) -> dict[int, Operation]:
    return {operation.id.n: operation for operation in q.changed(now)}
