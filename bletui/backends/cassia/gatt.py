"""Attributes of a device: the tree, values, and who is told when they change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from bletui.backends.cassia import arguments, attributes
from bletui.backends.cassia.delivery import Delivery
from bletui.backends.cassia.links import NOT_THERE, Links
from bletui.backends.cassia.native import Answer, broken, made_of, said_ok
from bletui.backends.cassia.router import MARGIN, Router
from bletui.backends.cassia.table import LinkTable
from bletui.backends.cassia.watch import Watch
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Characteristic, GattTree, NotifyMode, Peer, Service

BASE: Final = "/gatt/nodes/{address}"
WHOLE: Final = f"{BASE}/services/characteristics/descriptors"
_SWITCH: Final = {"off": b"\x00\x00", "notify": b"\x01\x00", "indicate": b"\x02\x00"}  # Core, Vol 3 Part G, 3.3.3.3


class Gatt:
    """The tree of a link is kept until the link ends; a refresh reads it again."""

    def __init__(self, router: Router, table: LinkTable, links: Links, watch: Watch, delivery: Delivery) -> None:
        self._router = router
        self._table = table
        self._links = links
        self._watch = watch
        self._delivery = delivery
        self._trees: dict[Peer, GattTree] = {}

    def forget(self, peer: Peer) -> None:
        self._trees.pop(peer, None)
        self._delivery.forget(peer)

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        """The tree as the router gives it, which may be from its cache; `refresh` also has the next connect read it
        from the device."""
        arguments.device(peer.address)
        arguments.milliseconds(within)
        if refresh:
            self._links.refresh(peer.address)
        async with self._limited(peer, None, "discover", within):
            services = await self._services(peer, within)
            tree = GattTree(peer, services)
        if self._table.find(peer.address) == peer:
            self._trees[peer] = tree
        return tree

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        arguments.device(peer.address)
        path = f"{BASE}/handle/{arguments.attribute(handle)}/value"
        async with self._limited(peer, handle, "read", within):
            answer = await self._router.on(
                peer, "GET", path, operation="read", within=within, handle=handle, repeatable=True
            )
            context = self._router.context(peer, handle)
            return made_of(answer, lambda body: attributes.value(body, handle), operation="read", context=context)

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        """A write is a GET at the router and is never made twice."""
        await self._written(peer, handle, value, response=response, within=within, operation="write")

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        """The stream is open before the CCCD is written: the first notification may come before the write's answer."""
        arguments.device(peer.address)
        arguments.attribute(handle)
        async with self._limited(peer, handle, "subscribe", within):
            cccd = await self._cccd(peer, handle, within)
            if mode != "off":
                await self._delivery.arm(peer, handle, within)
            try:
                await self._written(peer, cccd, _SWITCH[mode], response=True, within=within, operation="subscribe")
            except BaseException:  # cancelled too: nobody listens any more
                self._delivery.disarm(peer, handle)
                raise
            if mode == "off":
                self._delivery.disarm(peer, handle)

    async def _written(
        self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float, operation: str
    ) -> None:
        arguments.device(peer.address)
        path = f"{BASE}/handle/{arguments.attribute(handle)}/value/{arguments.written(value)}"
        params = {} if response else {"noresponse": "1"}
        async with self._limited(peer, handle, operation, within):
            answer = await self._router.on(peer, "GET", path, params, operation=operation, within=within, handle=handle)
            said_ok(answer, operation=operation, context=self._router.context(peer, handle))

    async def _cccd(self, peer: Peer, handle: int, within: float) -> int:
        tree = self._trees.get(peer) or await self.discover(peer, refresh=False, within=within)
        found = _characteristic(tree, handle)
        cccd = next((one.handle for one in found.descriptors if one.uuid == attributes.CCCD), None) if found else None
        if cccd is None:
            what = "it has no CCCD to switch delivery with" if found else "no characteristic has this value handle"
            raise BleError(
                Failure(
                    kind=ErrorKind.GATT_NOT_PERMITTED if found else ErrorKind.GATT_NOT_FOUND,
                    operation="subscribe",
                    lane=peer.lane,
                    address=peer.address,
                    handle=handle,
                    uuid=found.uuid if found else None,
                    detail=what,
                )
            )
        return cccd

    # -- trees, in one call or in many

    async def _services(self, peer: Peer, within: float) -> tuple[Service, ...]:
        context = self._router.context(peer)
        try:
            whole = await self._get(peer, WHOLE, within)
            return made_of(whole, attributes.services, operation="discover", context=context)
        except BleError as error:
            if error.failure.kind is not ErrorKind.ROUTER_CONFIG:
                raise
        return await self._in_parts(peer, within)

    async def _in_parts(self, peer: Peer, within: float) -> tuple[Service, ...]:
        """For firmware without the one call. Descriptors are asked for by UUID: of two characteristics with the same
        one, the second may lack its own."""
        context = self._router.context(peer)
        found = await self._get(peer, f"{BASE}/services", within)
        services = made_of(found, attributes.services, operation="discover", context=context)
        found = await self._get(peer, f"{BASE}/characteristics", within)
        flat = made_of(found, attributes.characteristics, operation="discover", context=context)
        ends = sorted([*(one.handle for one in services), *(one.handle - 1 for one in flat), 0x10000])
        whole = [
            await self._described(peer, one, next(end for end in ends if end > one.handle), within) for one in flat
        ]
        return attributes.joined(services, whole)

    async def _described(self, peer: Peer, found: Characteristic, end: int, within: float) -> Characteristic:
        if end <= found.handle + 1:
            return found
        answer = await self._get(peer, f"{BASE}/characteristics/{found.uuid}/descriptors", within)
        context = self._router.context(peer, found.handle)
        described = made_of(
            answer, lambda body: attributes.descriptors(body, found, end), operation="discover", context=context
        )
        return replace(found, descriptors=described)

    async def _get(self, peer: Peer, path: str, within: float) -> Answer:
        return await self._router.on(peer, "GET", path, operation="discover", within=within, repeatable=True)

    @asynccontextmanager
    async def _limited(self, peer: Peer, handle: int | None, operation: str, within: float) -> AsyncIterator[None]:
        """Bounds all requests of one call together; a link that is not there is called so by every firmware."""
        try:
            async with asyncio.timeout(within + MARGIN):
                yield
        except TimeoutError as late:
            context = self._router.context(peer, handle)
            raise broken(late, phase="request", operation=operation, context=context) from late
        except BleError as error:
            if error.failure.kind not in NOT_THERE:
                raise
            self._watch.stir()
            if self._table.find(peer.address) is not None:
                raise
            raise BleError(replace(error.failure, kind=ErrorKind.LINK_NOT_CONNECTED)) from error


def _characteristic(tree: GattTree, handle: int) -> Characteristic | None:
    found = (one for service in tree.services for one in service.characteristics)
    return next((one for one in found if one.handle == handle), None)
