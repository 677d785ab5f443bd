"""The links that there are: whatever tells of them, each comes up once and goes down once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bletui.failure import ErrorKind, Failure
from bletui.model import LinkChanged, Peer
from bletui.news import News

UNLISTED = "the router no longer lists this link"


class LinkTable:
    """`say` is told of every change; `stamp` counts them, so that a list that was asked for before a change does not
    undo it."""

    def __init__(self, say: Callable[[LinkChanged], None], now: Callable[[], float]) -> None:
        self.stamp = 0
        self._say = say
        self._now = now
        self._links: dict[Peer, LinkChanged] = {}
        self._stamps: dict[Peer, int] = {}
        self._news = News()

    def peers(self) -> tuple[Peer, ...]:
        return tuple(self._links)

    def find(self, address: str) -> Peer | None:
        """The link to `address`, whichever chip carries it: a device has one link to a router."""
        return next((peer for peer in self._links if peer.address == address), None)

    def is_bonded(self, address: str) -> bool:
        return any(peer.address == address and link.bonded for peer, link in self._links.items())

    def up(self, peer: Peer, *, phy: tuple[str, str] | None = None, bonded: bool | None = None) -> None:
        """What is None stays as it was known. A device that is on another chip now has lost its link to the first."""
        before = self.find(peer.address)
        if before is not None and before != peer:
            self.down(before, None)
        known = self._links.get(peer)
        at = self._now()
        link = LinkChanged(at, peer, "up", phy=phy, bonded=bonded)
        if known is not None:
            link = replace(known, at=at, phy=phy or known.phy, bonded=known.bonded if bonded is None else bonded)
        if known is None or (known.phy, known.bonded) != (link.phy, link.bonded):
            self._links[peer] = link
            self._tell(link)

    def down(self, peer: Peer, reason: Failure | None) -> None:
        if self._links.pop(peer, None) is not None:
            self._tell(LinkChanged(self._now(), peer, "down", reason))

    def forget(self) -> tuple[Peer, ...]:
        """Forgets every link, which ends untold: the end of a lane is that of its links too."""
        forgotten = self.peers()
        self._links.clear()
        self._stamps.clear()
        self._news.tell()
        return forgotten

    def compare(self, listed: Sequence[LinkChanged], since: int, *, whole: bool = True) -> None:
        """What a list says that was asked for at `since`; what has changed after that is newer than the list. Only a
        `whole` one says what is gone: an entry that can't be read may be any link."""
        old = {peer for peer, stamp in self._stamps.items() if stamp <= since}
        for peer in old:
            del self._stamps[peer]
        there = {link.peer for link in listed}
        gone = [peer for peer in self._links if peer not in there and peer not in self._stamps] if whole else []
        for peer in gone:
            lost = Failure(kind=ErrorKind.LINK_LOST, lane=peer.lane, address=peer.address, detail=UNLISTED)
            self.down(peer, lost)
        for link in listed:
            if link.peer not in self._stamps:
                self.up(link.peer, phy=link.phy, bonded=link.bonded)

    async def until(self, true: Callable[[], bool], within: float) -> bool:
        """Whether `true()` came to hold within so many seconds; it is looked at after each change."""
        return await self._news.until(true, within)

    def _tell(self, link: LinkChanged) -> None:
        self.stamp += 1
        self._stamps[link.peer] = self.stamp
        self._news.tell()
        self._say(link)
