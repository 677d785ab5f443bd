"""The links of one radio: where they are, and which of them are its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Folding, LinkChanged, Peer, Request
from bletui.radio.journal import Journal


class Links:
    """`ours`: brought up by a connect of this radio, adopted, or left by a process that was killed. Others are foreign.

    The links themselves stand in the radio's own folded state.
    """

    def __init__(self, folding: Folding, journal: Journal) -> None:
        self.ours: set[Peer] = set()
        self._folding = folding
        self._journal = journal
        self._away: set[Peer] = set()  # ours, on lanes that are gone and may come back with them

    def find(self, address: str, lane: str | None) -> LinkChanged | None:
        """The link to `address` that is up, there or anywhere."""
        links = [
            link for link in self._folding.links_to(address) if link.state == "up" and lane in (None, link.peer.lane)
        ]
        return links[0] if links else None

    def is_up(self, peer: Peer) -> bool:
        link = self._folding.link(peer)
        return link is not None and link.state == "up"

    def serving(self, request: Request) -> Peer | None:
        """The link that has what `request` asks for; one that is not bonded does not serve who wants to pair."""
        link = self.find(request.address, request.lane)
        if link is None or (isinstance(request, Connect) and request.pair and not link.bonded):
            return None
        return link.peer

    # -- whose they are

    def came_up(self, event: LinkChanged, *, connecting: bool, release: Callable[[Peer], object]) -> LinkChanged:
        """The event as the radio tells it. `connecting`: a connect of ours runs there. What was left is released."""
        peer = event.peer
        if connecting or peer in self._away:
            self.ours.add(peer)
        elif self._journal.was_ours(peer) and peer not in self.ours:  # left by a process that was killed
            self.ours.add(peer)
            release(peer)
        if peer in self.ours:
            self._journal.up(peer)
        known = self._folding.link(peer)
        since = known.since if known is not None and known.state == "up" else event.at
        return replace(event, foreign=peer not in self.ours, since=since)

    def adopt(self, peer: Peer, at: float) -> LinkChanged:
        """Makes a foreign link ours; `link.not-connected` if it is not there."""
        link = self._folding.link(peer)
        if link is None:
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_CONNECTED, address=peer.address, lane=peer.lane))
        self.ours.add(peer)
        self._journal.up(peer)
        return replace(link, at=at, foreign=False)

    def ended(self, peer: Peer) -> None:
        self._journal.down(peer)
        self.ours.discard(peer)

    def refuse_foreign(self, link: LinkChanged | None) -> None:
        if link is not None and link.peer not in self.ours:
            detail = "adopt it first, or disconnect it by force"
            raise BleError(
                Failure(
                    kind=ErrorKind.LINK_NOT_OURS,
                    operation="disconnect",
                    lane=link.peer.lane,
                    address=link.peer.address,
                    detail=detail,
                )
            )

    # -- lanes that go and come back

    def lane_goes(self, lane: str) -> None:
        self._away |= {peer for peer in self.ours if peer.lane == lane}

    def lane_gone(self, lane: str) -> list[Peer]:
        """Which of ours went with it."""
        gone = [peer for peer in self.ours if peer.lane == lane]
        self.ours.difference_update(gone)
        return gone

    def lane_usable(self, lane: str) -> None:
        """Links that have not come back with it by now are over."""
        self._away = {peer for peer in self._away if peer.lane != lane}

    def is_back(self, peer: Peer) -> bool:
        """Whether this link went with its lane and came back before the lane could be used: once for each."""
        back = peer in self._away
        self._away.discard(peer)
        return back
