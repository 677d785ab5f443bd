"""What ends with a lane."""

from __future__ import annotations

from dataclasses import replace

from bletui.failure import Failure
from bletui.model import Event, LinkChanged, PromptClosed, Snapshot


def ends_with(now: Snapshot, lane: str, at: float, reason: Failure) -> list[Event]:
    """Its subscriptions, prompts and links, in this order."""
    lost = [
        replace(changed, at=at, owners=(), lost=reason)
        for (peer, _), changed in now.subscriptions.items()
        if peer.lane == lane
    ]
    gone = [PromptClosed(at, prompt.id, "gone") for prompt in now.prompts.values() if prompt.peer.lane == lane]
    down = [LinkChanged(at, peer, "down", reason) for peer in now.links if peer.lane == lane]
    return [*lost, *gone, *down]
