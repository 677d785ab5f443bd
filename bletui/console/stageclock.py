"""Where an operation's time went and goes, in words: `queue 0.4 s · connect 2.1 s · discover 0.9 s`."""

from __future__ import annotations

from bletui.console.spans import Line, Span, line
from bletui.log.stages import seconds_by_stage, spent
from bletui.model import Connect, Operation, Peer, Snapshot


def clock(operation: Operation, now: float, separator: str) -> Line:
    """Seconds per stage, the one that runs standing out, and their sum; `now` is wall time."""
    parts: list[str | Span] = []
    for word, seconds, runs in seconds_by_stage(operation, now):
        parts += [separator if parts else "", Span(f"{word} {seconds:.1f} s", "accent" if runs else "plain")]
    if len(parts) > 2:
        parts.append(Span(f"  = {sum(spent(operation, now).values()):.1f} s", "dim"))
    return line(*parts)


def opened_by(state: Snapshot, peer: Peer) -> Operation | None:
    """The connect that brought this link up, as long as the radio remembers it."""
    made = [changed.operation for changed in state.operations.values() if changed.operation.result == peer]
    return next((one for one in reversed(made) if isinstance(one.request, Connect)), None)
