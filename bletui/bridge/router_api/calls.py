"""Requests of the API's clients at the radios. Nothing is repeated here: that is the client's to decide."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

from bletui.bridge.router_api.bodies import Connecting
from bletui.bridge.router_api.feed import Feed, links
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, Connect, Disconnect, LinkChanged, OpId, ReadRssi, Request, Result

ANSWERING = 10.0  # seconds that a device has for one request
TYPES_MAX = 1024  # devices whose address type is remembered, the newest
TOLD_WITHIN = 1.0  # seconds in which a change that a radio has made shows in its events


class Calls:
    """At most one connect or pair per lane, and one per device, as a chip does it."""

    def __init__(self, feed: Feed, speed: float = 1.0) -> None:
        self._feed = feed
        self._speed = speed
        self._numbers = count(1)
        self.types: dict[str, AddressType] = {}  # of the devices that were connected here
        self._freed = asyncio.Event()
        self._connecting: dict[str, tuple[str, asyncio.Future[Failure]]] = {}  # address -> its lane, how to stop it

    def link(self, address: str, operation: str) -> LinkChanged:
        found = self._feed.link(address)
        if found is None:
            raise BleError(Failure(kind=ErrorKind.LINK_NOT_CONNECTED, operation=operation, address=address))
        return found

    async def connect(self, address: str, asked: Connecting) -> None:
        """Brings a link up where none is; one that drops as it comes up is tried `again` times."""
        if (link := self._feed.link(address)) is not None:
            held = Connect(address, link.peer.lane)  # answered at once; it says that this link is wanted here too
            await self.perform(link.peer.lane, held, limit=asked.timeout / self._speed)
            return
        lane, stop = await self.connecting(address, asked.chip, "connect")
        wanted = Connect(address, lane, asked.address_type)
        try:
            for left in range(asked.again, -1, -1):
                try:
                    await self.perform(lane, wanted, limit=asked.timeout / self._speed, stop=stop)
                    break
                except BleError as failed:
                    if failed.failure.kind is not ErrorKind.LINK_CONNECT_FAILED or not left or stop.done():
                        raise
            await self.seen(address, up=True)
            self._remember(address, asked.address_type)
        finally:
            self.connected(address)

    async def disconnect(self, address: str) -> None:
        """Also ends a connect that is under way; ending nothing is no failure."""
        self.stop(address)
        link = self._feed.link(address)
        if link is not None:
            wanted = Disconnect(address, link.peer.lane, force=True)
            await self.perform(link.peer.lane, wanted, limit=ANSWERING / self._speed)
            await self.seen(address, up=False)

    async def perform(
        self, lane: str, request: Request, *, limit: float, stop: asyncio.Future[Failure] | None = None
    ) -> Result:
        """The outcome of the one attempt that is made. `stop` ends it early."""
        attachment = self._feed.attachment(lane)
        op = OpId(f"{attachment.owner.id}/calls", next(self._numbers))
        over = stop or asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as tasks:
            call = attachment.perform(request, op=op, limit=limit, deadline=limit, once=True)
            performing = tasks.create_task(_outcome(call))
            await asyncio.wait([performing, over], return_when=asyncio.FIRST_COMPLETED)
            performing.cancel()
        outcome = over.result() if performing.cancelled() else performing.result()
        if isinstance(outcome, Failure):
            raise BleError(outcome)
        return outcome

    async def connecting(self, address: str, chip: int | None, operation: str) -> tuple[str, asyncio.Future[Failure]]:
        """Takes a lane for `address`, until `connected`: `busy.chip`, `busy.capacity`, `link.state-conflict`."""
        if address in self._connecting:
            raise _refused(ErrorKind.LINK_STATE_CONFLICT, operation, "this device is being connected already")
        lanes = self._feed.connecting_lanes(chip)
        taken = {lane for lane, _ in self._connecting.values()}
        free = [lane for lane in lanes if lane.id not in taken]
        if not free:
            raise _refused(ErrorKind.BUSY_CHIP, operation, "a connect or pair call runs there")
        room = [one for one in free if one.slots_max is None or (one.slots_used or 0) < one.slots_max]
        if not room:
            raise _refused(ErrorKind.BUSY_CAPACITY, operation, "every slot is taken")
        stop: asyncio.Future[Failure] = asyncio.get_running_loop().create_future()
        self._connecting[address] = room[0].id, stop
        return room[0].id, stop

    def connected(self, address: str) -> None:
        """The connect has ended, however."""
        self._connecting.pop(address, None)
        self._freed.set()

    async def freed(self, within: float) -> None:
        """Until a connect has ended, which may have made room for another one, or `within` seconds have passed."""
        self._freed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._freed.wait()

    def stop(self, address: str) -> None:
        """Ends the connect that runs for `address`."""
        found = self._connecting.get(address)
        if found is not None and not found[1].done():
            found[1].set_result(Failure(kind=ErrorKind.LINK_CONNECT_FAILED, operation="connect", detail="cancelled"))

    async def rssi(self, link: LinkChanged, limit: float) -> int:
        """dBm."""
        wanted = ReadRssi(link.peer.address, link.peer.lane)
        dbm = await self.perform(link.peer.lane, wanted, limit=limit / self._speed)
        assert isinstance(dbm, int)
        return dbm

    async def signals(self) -> Mapping[str, int]:
        """dBm by address, of the links that are up and whose radio tells it in time."""
        found: dict[str, int] = {}

        async def measure(link: LinkChanged) -> None:
            with suppress(BleError):  # what is not known is left out
                found[link.peer.address] = await self.rssi(link, TOLD_WITHIN)

        async with asyncio.TaskGroup() as tasks:
            for link in [one for one in links(self._feed.snapshots()) if one.state == "up"]:
                tasks.create_task(measure(link))
        return found

    async def seen(self, address: str, *, up: bool) -> None:
        """Until the events tell it too, so that the next call finds the same."""
        await self._feed.until(lambda: (self._feed.link(address) is not None) is up, TOLD_WITHIN)

    def _remember(self, address: str, kind: AddressType | None) -> None:
        self.types.pop(address, None)
        if kind is not None:
            self.types[address] = kind
        if len(self.types) > TYPES_MAX:
            del self.types[next(iter(self.types))]


async def _outcome(call: Coroutine[Any, Any, Result]) -> Failure | Result:
    try:
        return await call
    except BleError as failed:
        return failed.failure


def _refused(kind: ErrorKind, operation: str, detail: str) -> BleError:
    return BleError(Failure(kind=kind, operation=operation, detail=detail))
