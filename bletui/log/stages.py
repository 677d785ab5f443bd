"""Where an operation's time went and goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bletui.model import Operation, Stage

WORDS: Mapping[Stage, str] = {
    "queued": "queue",
    "looking": "listen",
    "connecting": "connect",
    "pairing": "pair",
    "discovering": "discover",
    "transferring": "transfer",
    "backoff": "backoff",
}
BRIEF = 0.05  # seconds: what was over sooner is left out


def spent(operation: Operation, now: float) -> dict[Stage, float]:
    """Seconds per stage, that which runs included; `now` is wall time."""
    seconds: dict[Stage, float] = dict(operation.spent)
    stage = operation.stage
    if stage is not None and operation.since is not None:
        seconds[stage] = seconds.get(stage, 0.0) + max(0.0, now - operation.since)
    return seconds


def seconds_by_stage(operation: Operation, now: float) -> Iterator[tuple[str, float, bool]]:
    """A word, seconds, and whether it still runs."""
    for stage, seconds in spent(operation, now).items():
        if stage == operation.stage or seconds >= BRIEF:
            yield WORDS[stage], seconds, stage == operation.stage
