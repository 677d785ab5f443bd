"""A backend with devices that connect at once, as recorded tables have them; nobody else is there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    AddressType,
    Characteristic,
    Descriptor,
    Event,
    GattTree,
    LinkChanged,
    NotifyMode,
    Peer,
    Properties,
    Service,
)
from tests.bridge.router_api.site import AT
from tests.tiny import TinyBackend

Table = tuple[Service, ...]


def table(rows: list[dict[str, Any]]) -> Table:
    """A recorded `services/characteristics/descriptors` answer as a tree's services."""
    return tuple(
        Service(one["uuid"], one["handle"], tuple(map(_characteristic, one.get("characteristics", [])))) for one in rows
    )


def _characteristic(row: dict[str, Any]) -> Characteristic:
    described = tuple(Descriptor(one["uuid"], one["handle"]) for one in row["descriptors"][1:])
    return Characteristic(row["uuid"], row["handle"], Properties(row["properties"]), described)


class LinkedBackend(TinyBackend):
    """`devices`: who answers, with its table; `asked`: the connects that came, in order."""

    def __init__(self, *at_open: Event, devices: Mapping[str, Table]) -> None:
        super().__init__(*at_open)
        self.devices = devices
        self.asked: list[tuple[str, str | None, AddressType | None]] = []
        self.written: list[tuple[int, bytes]] = []
        self.subscribed: list[tuple[int, NotifyMode]] = []

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        assert lane is not None
        self.asked.append((address, lane, address_type))
        if address not in self.devices:
            await asyncio.sleep(within)
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_SEEN, operation="connect", address=address, lane=lane))
        peer = Peer(lane, address)
        self.say(LinkChanged(AT, peer, "up"))
        return peer

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        self.say(LinkChanged(AT, peer, "down"))

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        return GattTree(peer, self.devices[peer.address])

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        handles = {one.handle for service in self.devices[peer.address] for one in service.characteristics}
        if handle not in handles:
            raise BleError(Failure(kind=ErrorKind.GATT_NOT_FOUND, operation="write", handle=handle))
        self.written.append((handle, value))

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        self.subscribed.append((handle, mode))

    async def rssi(self, peer: Peer, *, within: float) -> int:
        return -50
