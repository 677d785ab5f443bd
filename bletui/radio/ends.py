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
    links = [link for link in now.links.values() if link.peer.lane == lane]
    down = [LinkChanged(at, link.peer, "down", reason, holders=link.holders) for link in links]
    return [*lost, *gone, *down]
