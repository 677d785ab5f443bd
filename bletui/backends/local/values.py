"""Attributes of links: trees, values and notifications, through bleak's client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bletui.backends.local import arguments, attributes, bleakbus, native
from bletui.backends.local.delivery import Delivery
from bletui.backends.local.link import Link, LinkOverError
from bletui.backends.local.links import TOLD, Links
from bletui.errors.classify import CHANGING
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import GattTree, Notification, NotifyMode, Peer, Properties, ServicesChanged

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic

LEAST = 23  # bytes of ATT's MTU (Core, Vol 3 Part G, 5.2.1)


class LinkedValues(Links):
    """`to_value`, `made_up`: see attributes.tree. `echoes`: a read's value comes as a notification too."""

    to_value = 0
    made_up = True
    echoes = False

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        async with self._using(peer, "discover", within) as (_, client):
            if refresh:
                await bleakbus.reread(client)
            await self._mtu(peer, client)
            return attributes.tree(peer, client.services, to_value=self.to_value, made_up=self.made_up)

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        async with self._using(peer, "read", within, arguments.attribute(handle)) as (link, client):
            if (below := attributes.descriptor(client.services, handle)) is not None:
                return bytes(await client.read_gatt_descriptor(below))
            found = self._characteristic(client, peer, handle, "read")
            delivery = link.deliveries.get(handle) if self.echoes else None
            if delivery is None:
                return bytes(await client.read_gatt_char(found))
            value: bytes | None = None
            delivery.reading()
            try:
                value = bytes(await client.read_gatt_char(found))
                await bleakbus.fence()
            finally:
                delivery.read(value)
            return value

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        arguments.written(value)
        async with self._using(peer, "write", within, arguments.attribute(handle)) as (_, client):
            if (below := attributes.descriptor(client.services, handle)) is not None:
                await client.write_gatt_descriptor(below, value)
                return
            found = self._characteristic(client, peer, handle, "write")
            if not response:
                await self._commandable(peer, client, found, handle, value)
            await client.write_gatt_char(found, value, response=response)

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        """Where a characteristic can do both, the system asks for notifications and cannot be told otherwise."""
        async with self._using(peer, "subscribe", within, arguments.attribute(handle)) as (link, client):
            found = self._characteristic(client, peer, handle, "subscribe")
            if mode == "off":
                if link.deliveries.pop(handle, None) is not None:
                    await client.stop_notify(found)
                return
            self._deliverable(peer, found, handle, mode)
            if handle in link.deliveries:
                return
            link.deliveries[handle] = Delivery(partial(self._notified, peer, handle, mode == "indicate"))
            try:
                await client.start_notify(found, partial(_heard, link, handle))
            except BaseException:  # cancelled too: nobody listens any more
                link.deliveries.pop(handle, None)
                raise

    def _notified(self, peer: Peer, handle: int, indication: bool, value: bytes) -> None:
        self._told_to.tell(Notification(self._told_to.now(), peer, handle, value, indication))

    def _services_changed(self, peer: Peer) -> None:
        self._told_to.tell(ServicesChanged(self._told_to.now(), peer))

    def _characteristic(self, client: BleakClient, peer: Peer, handle: int, operation: str) -> BleakGATTCharacteristic:
        found = attributes.characteristic(client.services, handle, to_value=self.to_value)
        if found is None:
            raise self._failed(ErrorKind.GATT_NOT_FOUND, peer, operation, "nothing here has this handle", handle)
        return found

    async def _commandable(
        self, peer: Peer, client: BleakClient, found: BleakGATTCharacteristic, handle: int, value: bytes
    ) -> None:
        if not attributes.properties(found) & Properties.WRITE_WITHOUT_RESPONSE:
            what = "it takes no writes without response"
            raise self._failed(ErrorKind.GATT_NOT_PERMITTED, peer, "write", what, handle)
        if len(value) <= found.max_write_without_response_size:
            return
        limit = (await self._mtu(peer, client) or LEAST) - 3  # opcode and handle (Core, Vol 3 Part F, 3.4.5.3)
        if len(value) > limit:
            what = f"{len(value)} bytes, and a write without response takes {limit} on this link"
            raise self._failed(ErrorKind.GATT_INVALID_VALUE, peer, "write", what, handle)

    async def _mtu(self, peer: Peer, client: BleakClient) -> int | None:
        """ATT's MTU now, told if it is news; None: not known."""
        link = self._table.find(peer)
        if link is None or link.state.mtu is not None:
            return link.state.mtu if link else None
        found = await self._mtu_now(client)
        if self._table.find(peer) is link:
            self._table.up(peer, mtu=found)
        return found

    async def _mtu_now(self, client: BleakClient) -> int | None:
        return attributes.mtu(client.services)

    def _deliverable(self, peer: Peer, found: BleakGATTCharacteristic, handle: int, mode: NotifyMode) -> None:
        can = attributes.properties(found) & (Properties.NOTIFY | Properties.INDICATE)
        wanted = Properties.NOTIFY if mode == "notify" else Properties.INDICATE
        if not can & wanted:
            raise self._failed(ErrorKind.GATT_NOT_PERMITTED, peer, "subscribe", f"it does not {mode}", handle)
        if wanted is Properties.INDICATE and can & Properties.NOTIFY:
            what = "where a characteristic can do both, the system asks for notifications"
            raise self._failed(ErrorKind.OP_UNSUPPORTED, peer, "subscribe", what, handle)

    # -- one call on a link

    @asynccontextmanager
    async def _using(
        self, peer: Peer, operation: str, within: float, handle: int | None = None
    ) -> AsyncIterator[tuple[Link, BleakClient]]:
        """A link and its client, for one call: whatever comes of that is a failure with its name."""
        arguments.seconds(within)
        link = self._table.find(Peer(peer.lane, self._address(peer.address)))
        if link is None or link.settling is not None:
            raise self._failed(ErrorKind.LINK_NOT_CONNECTED, peer, operation, "there is no link to it", handle)
        client = link.client or await self._adopted(peer, operation, within)
        began = asyncio.get_running_loop().time()
        context = replace(self._context_of(peer), handle=handle, connected=True)
        try:
            async with link.needed(within):
                yield link, client
        except BleError:
            raise
        except LinkOverError as over:
            raise BleError(self._over(link, operation, handle)) from over
        except TimeoutError as late:
            raise BleError(native.raised(late, operation, replace(context, elapsed=within))) from late
        except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
            context = replace(context, elapsed=asyncio.get_running_loop().time() - began)
            failure = native.raised(error, operation, context)
            if (native.may_hide_a_loss(failure) or not client.is_connected) and await link.ending(TOLD):
                reason = self._over(link, operation, handle)
                raise BleError(replace(reason, elapsed=context.elapsed, causes=failure.causes)) from error
            raise BleError(failure) from error

    async def _adopted(self, peer: Peer, operation: str, within: float) -> BleakClient:
        """A client of our own for a link that somebody else made: bleak takes it as it is."""
        await self.connect(peer.address, lane=peer.lane, address_type=None, pair=False, within=within)
        link = self._table.find(peer)
        if link is None or link.client is None:
            raise self._failed(ErrorKind.LINK_NOT_CONNECTED, peer, operation, "the link ended meanwhile")
        return link.client

    def _over(self, link: Link, operation: str, handle: int | None) -> Failure:
        assert link.over is not None
        unknown = operation in CHANGING
        return replace(link.over, operation=operation, handle=handle, outcome_unknown=unknown)


def _heard(link: Link, handle: int, _found: Any, value: bytearray) -> None:
    if delivery := link.deliveries.get(handle):
        delivery.heard(bytes(value))
