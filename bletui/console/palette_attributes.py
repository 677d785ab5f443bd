"""The palette finds every characteristic of what is connected, by its name, UUID or handle, and goes to it in GATT."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import Hit, Hits, Provider

from bletui.console.tree import permitted
from bletui.decode.attributes import Attribute, attributes, uuid_text
from bletui.model import Peer
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.console.app import Console

MOST = 20
SCORE = 0.6  # below devices and whole names of commands


class AttributeProvider(Provider):
    """Twenty at most, of links that are up; a tree that was not discovered yet has none."""

    async def search(self, query: str) -> Hits:
        words = query.casefold().split()
        found = 0
        for radio, peer, one in self._characteristics() if words else ():
            name = one.name or uuid_text(one.uuid)
            said = f"{name} {uuid_text(one.uuid)} 0x{one.handle:04x}".casefold()
            if all(word in said for word in words) and found < MOST:
                found += 1
                go = partial(self._go, radio, peer, one.handle)
                yield Hit(SCORE, f"{name}  {self._called(peer)}", go, help=f"0x{one.handle:04X}, {permitted(one)}")

    @property
    def _console(self) -> Console:
        return cast("Console", self.app)

    def _characteristics(self) -> Iterator[tuple[str, Peer, Attribute]]:
        session = self._console.session
        for joined in session.radios.values() if session else ():
            state = joined.state
            for peer, changed in state.trees.items():
                if peer in state.links:
                    every = attributes(changed.tree)
                    yield from ((joined.name, peer, one) for one in every if one.kind == "characteristic")

    def _called(self, peer: Peer) -> str:
        session = self._console.session
        return visible((session.store.called(peer.address) if session else None) or peer.address)

    async def _go(self, radio: str, peer: Peer, handle: int) -> None:
        self._console.gatt(radio, peer, handle)
