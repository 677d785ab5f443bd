"""Links of a local backend under test: made, looked at, refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.patience import Patience
from bletui.failure import Failure
from bletui.model import GattTree, LinkChanged, LinkState, Notification, Peer, ScanRequest
from bletui.testing.fakebluez.desk import MAIN
from tests.backends.local.told import LANE, SOON, Told, opened


@dataclass(frozen=True, slots=True)
class Linked:
    backend: LinuxBackend
    told: Told
    peer: Peer
    tree: GattTree

    def at(self, uuid: str) -> int:
        """The value handle of the first characteristic with this UUID."""
        found = [each for service in self.tree.services for each in service.characteristics if each.uuid == uuid]
        return found[0].handle

    async def read(self, uuid: str, within: float = 5.0) -> bytes:
        return await self.backend.read(self.peer, self.at(uuid), within=within)

    async def write(self, uuid: str, value: bytes, *, response: bool = True) -> None:
        await self.backend.write(self.peer, self.at(uuid), value, response=response, within=5)

    async def subscribe(self, uuid: str, mode: str = "notify") -> None:
        await self.backend.subscribe(self.peer, self.at(uuid), mode=mode, within=5)  # type: ignore[arg-type]

    def values(self, uuid: str) -> list[bytes]:
        return [one.value for one in self.told.of(Notification) if one.handle == self.at(uuid)]


async def connected(backend: LinuxBackend, address: str, within: float = 5.0) -> Peer:
    return await backend.connect(address, lane=LANE, address_type="random", pair=False, within=within)


@asynccontextmanager
async def linked(
    address: str = MAIN.address,
    *,
    scan: ScanRequest | None = None,
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> AsyncIterator[Linked]:
    async with opened(scan=scan, patience=patience) as (backend, told):
        peer = await connected(backend, address)
        yield Linked(backend, told, peer, await backend.discover(peer, refresh=False, within=5))


def states(told: Told, address: str) -> list[LinkState]:
    """Each change of the link's state, once."""
    found: list[LinkState] = []
    for link in told.of(LinkChanged):
        if link.peer.address == address and found[-1:] != [link.state]:
            found.append(link.state)
    return found


async def down(told: Told, peer: Peer, within: float = SOON) -> Failure:
    """Waits for the link's end; its reason."""
    await told.until(lambda: states(told, peer.address)[-1:] == ["down"], within)
    reason = [link for link in told.of(LinkChanged) if link.peer == peer][-1].reason
    assert reason is not None
    return reason
