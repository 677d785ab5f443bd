"""What the bridge says of who holds which link: to who asks who is there, and in its log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from bletui.model import Event, Folding, LinkChanged, Peer
from bletui.radio.links import TAKEN_BY


def held(state: Folding, owner: str) -> list[Peer]:
    return [link.peer for link in state.links() if owner in link.holders]


def taken(events: Iterable[Event]) -> Iterator[tuple[LinkChanged, str]]:
    """Ends of links that somebody took from others by force, and who."""
    for event in events:
        if isinstance(event, LinkChanged) and event.reason is not None:
            by = dict(event.reason.evidence).get(TAKEN_BY)
            if by is not None:
                yield event, by


def left(state: Folding, held: Collection[Peer]) -> list[Peer]:
    """Of links that somebody held who is gone: those that nobody uses and that are still up."""
    links = [link for peer in held if (link := state.link(peer)) is not None]
    return [link.peer for link in links if not (link.foreign or link.holders or state.listeners(link.peer))]
