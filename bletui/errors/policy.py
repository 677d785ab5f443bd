"""What happens next after a failure: nothing, the same call at once, later, after something, or a question first.

Reads may repeat once more by themselves; writes and pairing never do. Where the outcome is unknown, the far side is
asked before anything is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from bletui.failure import Failure

When = Literal["now", "later", "queue", "rescan", "user", "never"]

NEVER_REPEATED: Final = frozenset({"write", "pair", "unpair", "answer", "ota"})
# Attempts in all, the first one counted; what is not named here may be tried for as long as it is wanted.
ATTEMPTS: Final = {
    "bonds": 2,
    "connect": 4,
    "disconnect": 3,
    "discover": 2,
    "read": 2,
    "rssi": 2,
    "set_phy": 2,
    "subscribe": 2,
}
NOW_MAX: Final = 3  # calls repeated at once; then they wait like others
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Decision:
    """`when` the same call runs again; `later`: after `wait` seconds; `ask_first`: look at the far side's state."""

    when: When
    wait: float = 0.0
    ask_first: bool = False
    why: str = ""

    @property
    def repeats(self) -> bool:
        """Whether it runs again without a person."""
        return self.when in ("now", "later", "queue", "rescan")


def policy(failure: Failure, operation: str, *, outcome_unknown: bool, attempt: int, jitter: float = 0.5) -> Decision:
    """What to do after attempt number `attempt` (from 1) of `operation` has failed.

    `jitter` in [0, 1) spreads the waits of many clients over half of the wait's length; pass `random.random()`.
    """
    if failure.already_done:
        return Decision("never", why="it is already as wanted")
    retry = failure.retry_class
    if retry in ("never", "none", "user"):
        return Decision("user" if retry == "user" else "never", ask_first=outcome_unknown, why=failure.kind.title)
    if refusal := _refusal(operation, attempt, outcome_unknown, retry):
        return Decision("user", ask_first=outcome_unknown, why=refusal)
    match retry:
        case "queue":
            return Decision("queue", ask_first=outcome_unknown)
        case "rescan":
            return Decision("rescan", ask_first=outcome_unknown)
        case "now" if attempt < NOW_MAX and failure.retry_after is None:
            return Decision("now", ask_first=outcome_unknown)
    return Decision("later", _wait(failure, attempt, jitter), ask_first=outcome_unknown)


def _refusal(operation: str, attempt: int, outcome_unknown: bool, retry: str) -> str:
    """Why this operation is not repeated by itself; empty if it is."""
    if operation in NEVER_REPEATED and (outcome_unknown or retry != "queue"):
        return f"{operation} is never repeated by itself"
    allowed = ATTEMPTS.get(operation)
    # a call that only waited for its turn has not been tried yet
    if allowed is not None and retry != "queue" and attempt >= allowed:
        return f"tried {attempt} times"
    return ""


def _wait(failure: Failure, attempt: int, jitter: float) -> float:
    if failure.retry_after is not None:
        return max(0.0, failure.retry_after)
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 16))
    return longest * (0.5 + 0.5 * jitter)
