"""The links that there are: whoever tells of them, each comes up once and goes down once, with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from bletui.backends.local.link import Link
from bletui.backends.local.outlet import Outlet
from bletui.failure import ErrorKind, Failure
from bletui.model import LinkChanged, Peer

UNSAID = "the system does not say why"
SETTLE = 0.15  # seconds after the end of a link in which its reason may still be told
UNPLUGGED = 0.2  # and more after an adapter was told off: one that is pulled out is told off first, and then gone


class LinkTable:
    """`why` says why links end now, as far as that is known; `ended` hears of each that went down."""

    def __init__(self, outlet: Outlet, why: Callable[[Peer], Failure | None], ended: Callable[[Link], None]) -> None:
        self._outlet = outlet
        self._why = why
        self._ended = ended
        self._links: dict[Peer, Link] = {}

    def __iter__(self) -> Iterator[Link]:
        return iter(tuple(self._links.values()))

    def find(self, peer: Peer) -> Link | None:
        return self._links.get(peer)

    def up(
        self, peer: Peer, *, mtu: int | None = None, bonded: bool | None = None, identity: str | None = None
    ) -> Link:
        """The link; told when it is new or something is. What is None stays as it was known."""
        link = self._links.get(peer)
        known = link.state if link else LinkChanged(0.0, peer, "up")
        state = replace(
            known,
            at=known.at,
            mtu=known.mtu if mtu is None else mtu,
            bonded=known.bonded if bonded is None else bonded,
            identity=known.identity if identity is None else identity,
        )
        if link is None:
            link = self._links[peer] = Link(state)
        elif state == known:
            return link
        link.state = replace(state, at=self._outlet.now())
        self._outlet.tell(link.state)
        return link

    def dropped(self, peer: Peer) -> None:
        """It is over; why may be told in a moment: that its adapter was switched off, or what the device said."""
        link = self._links.get(peer)
        if link is None or link.settling is not None:
            return
        if link.asked:
            self.end(peer, self._by_us(peer))
        else:
            link.settling = asyncio.get_running_loop().call_later(SETTLE, self._settled, link)

    def end(self, peer: Peer, reason: Failure) -> None:
        link = self._links.pop(peer, None)
        if link is None:
            return
        said = self._by_us(peer) if link.asked else reason
        link.end(said)
        self._ended(link)
        self._outlet.tell(LinkChanged(self._outlet.now(), peer, "down", said))

    def forget(self) -> None:
        """Everything is over, and nothing is told."""
        for link in self:
            if link.settling is not None:
                link.settling.cancel()
        self._links.clear()

    def _settled(self, link: Link, *, last: bool = False) -> None:
        why = self._why(link.peer)
        if why is not None and not last:
            loop = asyncio.get_running_loop()
            link.settling = loop.call_later(UNPLUGGED, partial(self._settled, link, last=True))
            return
        reason = why or self._unsaid(link.peer)
        self.end(link.peer, replace(reason, address=link.peer.address, operation=""))

    def lane_gone(self, lane: str, reason: Failure) -> None:
        """The adapter is gone, and its links with it."""
        for link in self:
            if link.peer.lane == lane:
                link.asked = False
                self.end(link.peer, replace(reason, address=link.peer.address, operation=""))

    def lane_off(self, lane: str) -> None:
        """The adapter is off; that it was pulled out may be told in a moment."""
        for link in self:
            if link.peer.lane == lane:
                link.asked = False
                self.dropped(link.peer)

    def _by_us(self, peer: Peer) -> Failure:
        return Failure(kind=ErrorKind.OP_CANCELLED, operation="disconnect", lane=peer.lane, address=peer.address)

    def _unsaid(self, peer: Peer) -> Failure:
        return Failure(kind=ErrorKind.LINK_LOST, lane=peer.lane, address=peer.address, detail=UNSAID)
