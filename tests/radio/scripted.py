"""A backend whose calls do what a test says, one after the other, and that remembers every call."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

from bletui.failure import BleError, Failure
from bletui.model import AddressType, GattTree, Lane, LaneChanged, LinkChanged, NotifyMode, Peer
from tests.tiny import TinyBackend

Outcome = Failure | None | Callable[[], Awaitable[None]]


class ScriptedBackend(TinyBackend):
    """`script[address]` lists what its next calls do: None succeeds, a `Failure` is raised, a function is awaited."""

    def __init__(self, *lanes: Lane) -> None:
        super().__init__(*(LaneChanged(1.0, lane) for lane in lanes or (Lane("a"),)))
        self.script: dict[str, list[Outcome]] = defaultdict(list)
        self.calls: list[tuple[str, ...]] = []
        self.running: list[str] = []
        self.most_connects = 0
        self.types: list[AddressType | None] = []

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = Peer(lane or "a", address)
        self.types.append(address_type)
        self.running.append(peer.lane)
        self.most_connects = max(self.most_connects, self.running.count(peer.lane))
        try:
            await self._play("connect", peer)
            self.say(LinkChanged(2.0, peer, "up"))
        finally:
            self.running.remove(peer.lane)
        return peer

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        await self._play("disconnect", peer)
        self.say(LinkChanged(3.0, peer, "down"))

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        await self._play("discover", peer)
        return GattTree(peer)

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        await self._play("read", peer)
        return bytes([handle])

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await self._play("write", peer)

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        await self._play(f"subscribe {handle} {mode}", peer)

    async def pair(self, peer: Peer, *, within: float) -> None:
        """As routers do it: the link comes up by itself."""
        await self._play("pair", peer)
        self.say(LinkChanged(2.5, peer, "up", bonded=True))

    async def _play(self, verb: str, peer: Peer) -> None:
        self.calls.append((verb, *peer))
        await asyncio.sleep(0)
        script = self.script[peer.address]
        match script.pop(0) if script else None:
            case None:
                return
            case Failure() as failure:
                raise BleError(failure)
            case wait:
                await wait()
