"""What the bridge says of who holds which link: to who asks who is there, and in its log."""

from __future__ import annotations

from collections.abc import Collection

from bletui.model import Disconnect, Folding, Peer, Request


def held(state: Folding, owner: str) -> list[Peer]:
    return [link.peer for link in state.links() if owner in link.holders]


def taken(state: Folding, request: Request, owner: str) -> list[tuple[Peer, tuple[str, ...]]]:
    """Links that `request` takes from others by force, and from whom."""
    if not isinstance(request, Disconnect) or not request.force:
        return []
    links = [link for link in state.links_to(request.address) if request.lane in (None, link.peer.lane)]
    return [(link.peer, others) for link in links if (others := link.others(owner))]


def left(state: Folding, held: Collection[Peer]) -> list[Peer]:
    """Of links that somebody held who is gone: those that nobody uses and that are still up."""
    links = [link for peer in held if (link := state.link(peer)) is not None]
    return [link.peer for link in links if not (link.foreign or link.holders or state.listeners(link.peer))]
