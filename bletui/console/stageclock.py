"""Where an operation's time went and goes, in words: `queue 0.4 s · connect 2.1 s · discover 0.9 s`."""

from __future__ import annotations

from collections.abc import Mapping

from bletui.console.spans import Line, Span, line
from bletui.model import Connect, Operation, Peer, Snapshot, Stage

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


def clock(operation: Operation, now: float, separator: str) -> Line:
    """Seconds per stage, the one that runs standing out, and their sum; `now` is wall time."""
    spent: dict[Stage, float] = dict(operation.spent)
    stage = operation.stage
    if stage is not None and operation.since is not None:
        spent[stage] = spent.get(stage, 0.0) + max(0.0, now - operation.since)
    if not spent:
        return ()
    parts: list[str | Span] = []
    for name, seconds in spent.items():
        if name != stage and seconds < BRIEF:
            continue
        words = Span(f"{WORDS[name]} {seconds:.1f} s", "accent" if name == stage else "plain")
        parts += [separator if parts else "", words]
    if len(parts) > 2:
        parts.append(Span(f"  = {sum(spent.values()):.1f} s", "dim"))
    return line(*parts)


def opened_by(state: Snapshot, peer: Peer) -> Operation | None:
    """The connect that brought this link up, as long as the radio remembers it."""
    made = [changed.operation for changed in state.operations.values() if changed.operation.result == peer]
    return next((one for one in reversed(made) if isinstance(one.request, Connect)), None)
