"""The links of one radio: where they are, which of them are its own, and who holds them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Folding, LinkChanged, Pair, Peer, Request, Result
from bletui.radio.journal import Journal

TAKEN_BY = "taken by"  # evidence in the reason of a link's end: who disconnected it by force


class Links:
    """`ours`: brought up by a connect of this radio, adopted, or left by a process that was killed. Others are foreign.

    The links themselves, with their holders, stand in the radio's own folded state.
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

    async def making(self, request: Request, call: Callable[[], Awaitable[Failure | Result]]) -> Failure | Result:
        """The call's outcome; one that may bring a link is in the journal before it is made."""
        if isinstance(request, Connect | Pair) and self.find(request.address, request.lane) is None:
            return await self._journal.around(request.address, call)
        return await call()

    def came_up(
        self, event: LinkChanged, connecting: Collection[str], release: Callable[[Peer], object]
    ) -> LinkChanged:
        """The event as the radio tells it. `connecting`: whose connects run there. What was left is released."""
        peer = event.peer
        if connecting or peer in self._away:
            self.ours.add(peer)
        elif self._journal.was_ours(peer) and peer not in self.ours:  # left by a process that was killed
            self.ours.add(peer)
            release(peer)
        if peer in self.ours:
            self._journal.up(peer)
        known = self._folding.link(peer)
        since, holders = (known.since, known.holders) if known and known.state == "up" else (event.at, ())
        return replace(event, foreign=peer not in self.ours, since=since, holders=_with(holders, *connecting))

    def ended(self, event: LinkChanged, by: str | None) -> LinkChanged:
        """The event as the radio tells it. `by`: whose disconnect runs there; others who held it are told of that."""
        known = self._folding.link(event.peer)
        if known is None:
            return event
        reason = event.reason if by is None or not known.others(by) else _taken(event, by)
        return replace(event, reason=reason, holders=known.holders)

    def forget(self, peer: Peer) -> None:
        """It is down."""
        self._journal.down(peer)
        self.ours.discard(peer)

    def adopt(self, owner: str, peer: Peer, at: float) -> LinkChanged:
        """Makes a foreign link ours, and `owner` one who holds it; `link.not-connected` if it is not there."""
        link = self._folding.link(peer)
        if link is None:
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_CONNECTED, address=peer.address, lane=peer.lane))
        self.ours.add(peer)
        self._journal.up(peer)
        return replace(link, at=at, foreign=False, holders=_with(link.holders, owner))

    # -- who holds them

    def hold(self, owner: str, peer: Peer, at: float) -> list[LinkChanged]:
        """What is told of one more who asked for it; nothing if that is known, or the link has ended."""
        link = self._folding.link(peer)
        if link is None or owner in link.holders:
            return []
        return [replace(link, at=at, holders=_with(link.holders, owner))]

    def unused(self, besides: str) -> list[Peer]:
        """Which of ours nobody but this owner holds or listens on."""
        return [
            link.peer
            for link in self._folding.links()
            if link.peer in self.ours and {*link.holders, *self._folding.listeners(link.peer)} == {besides}
        ]

    def is_unused(self, peer: Peer) -> bool:
        """Whether it is ours, and nobody holds it or listens on it."""
        link = self._folding.link(peer)
        return link is not None and peer in self.ours and not link.holders and not self._folding.listeners(peer)

    def leave(self, owner: str, at: float) -> list[LinkChanged]:
        """What is told of the links that `owner` held, who is gone."""
        held = [link for link in self._folding.links() if owner in link.holders]
        return [replace(link, at=at, holders=link.others(owner)) for link in held]

    def refuse_end(self, owner: str, link: LinkChanged | None) -> None:
        """`link.not-ours` for a link that is foreign, or that others hold."""
        if link is None:
            return
        if link.peer not in self.ours:
            raise _not_ours(link, "adopt it first, or disconnect it by force")
        if others := link.others(owner):
            raise _not_ours(link, f"{', '.join(others)} asked for this link too; disconnect it by force to take it")

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


def _with(holders: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*holders, *more)))


def _taken(event: LinkChanged, by: str) -> Failure:
    """Nothing of this is tried again by itself: two owners would take the link from each other for ever."""
    lane, address = event.peer
    return Failure(
        kind=ErrorKind.OP_CANCELLED, operation="disconnect", lane=lane, address=address, detail=f"{by} took it",
        evidence=((TAKEN_BY, by),),
    )  # fmt: skip


def _not_ours(link: LinkChanged, detail: str) -> BleError:
    return BleError(
        Failure(
            kind=ErrorKind.LINK_NOT_OURS,
            operation="disconnect",
            lane=link.peer.lane,
            address=link.peer.address,
            detail=detail,
        )
    )
