"""Connections through the local adapter: not built yet, and said so in place of every verb."""

from __future__ import annotations

from typing import Final, Never

from bletui.backend import Backend
from bletui.model import AddressType, GattTree, NotifyMode, Peer

NOT_YET: Final = "connections through the local adapter are not built yet; this version scans"
CANNOT: Final[dict[str, str]] = dict.fromkeys(
    (
        "connect",
        "disconnect",
        "discover",
        "read",
        "write",
        "subscribe",
        "pair",
        "unpair",
        "rssi",
        "set_phy",
        "bonds",
    ),
    NOT_YET,
)


class Links(Backend):
    """The connection verbs of a local backend; `op.unsupported` from each."""

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Never:
        raise self.unsupported("connect")

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        """Ends nothing, which is success: there is no link that could be ended."""

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        raise self.unsupported("discover")

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        raise self.unsupported("read")

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        raise self.unsupported("write")

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        raise self.unsupported("subscribe")
