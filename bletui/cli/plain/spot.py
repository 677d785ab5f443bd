"""A device at the other end of a link, for what the headless commands do with one."""

from __future__ import annotations

from bletui.cli.attribute import find
from bletui.cli.plain.desk import Desk
from bletui.cli.records import Record
from bletui.decode.attributes import Attribute
from bletui.failure import Failure
from bletui.model import Discover, GattTree, LinkChanged, Peer, Request, Result
from bletui.session import Joined


class Spot:
    def __init__(self, desk: Desk, joined: Joined, link: LinkChanged) -> None:
        self.desk = desk
        self.joined = joined
        self.peer: Peer = link.peer

    @property
    def here(self) -> Spot:
        return self

    @property
    def json(self) -> bool:
        return self.desk.printer.json

    async def perform(self, request: Request, deadline: float | None = None) -> Result:
        return await self.desk.perform(self.joined, request)

    def say(self, told: str, record: Record) -> None:
        self.desk.printer.put(told, record)

    async def print(self, line: str, record: Record) -> None:
        """With the device's number: what several devices say may come mixed."""
        await self.desk.printer.line(f"#{self.desk.numbers.of(self.peer.address)}  {line}" if line else "", record)

    async def tree(self, *, refresh: bool = False) -> GattTree:
        """The one that the radio has told of, unless it is to be refreshed."""
        known = self.joined.state.trees.get(self.peer)
        if known is not None and not refresh:
            return known.tree
        tree = await self.perform(Discover(self.peer.address, self.peer.lane, refresh))
        assert isinstance(tree, GattTree)
        return tree

    async def attribute(self, text: str) -> Attribute:
        return find(await self.tree(), text)

    def lost(self) -> Failure | None:
        """None: how a link ended is told where it happens."""
        return None
