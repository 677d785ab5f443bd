"""What the vocabulary decides after a failure, in the queue's terms."""

from __future__ import annotations

import random
from collections.abc import Callable

from bletui.connections import Again, Policy, verb
from bletui.errors.policy import ATTEMPTS, policy
from bletui.failure import ErrorKind, Failure
from bletui.model import Request

BUSY_WAIT = 1.0  # seconds; nothing tells when a lane that another client uses becomes free


def once(_failure: Failure, _request: Request, _tries: int) -> Again | None:
    """The policy of who decides for itself what is repeated."""
    return None


def with_the_lane(usual: Policy) -> Policy:
    """`usual`, but what fails since the lane went once more goes on waiting for it."""

    def again(failure: Failure, request: Request, tries: int) -> Again | None:
        if failure.kind in (ErrorKind.ADAPTER_MISSING, ErrorKind.ADAPTER_OFF):
            return Again("time", BUSY_WAIT)
        return usual(failure, request, tries)

    return again


def by_vocabulary(dice: Callable[[], float] = random.random) -> Policy:
    """The queue's policy; `dice` gives numbers in [0, 1) that spread the waits of many clients."""

    def again(failure: Failure, request: Request, tries: int) -> Again | None:
        unknown = failure.outcome_unknown
        decision = policy(failure, verb(request), outcome_unknown=unknown, attempt=tries, jitter=dice())
        match decision.when:
            case "now" | "later":
                return Again("time", decision.wait, ATTEMPTS.get(verb(request)))
            case "queue":
                return Again("time", BUSY_WAIT)
            case "rescan":
                return Again("heard", 0.0, ATTEMPTS.get(verb(request)))
            case _:
                return None

    return again
