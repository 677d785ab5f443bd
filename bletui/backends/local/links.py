"""Connections through bleak, the same on every system; what only one system can tell comes from its backend."""

from __future__ import annotations

import asyncio
import importlib
from abc import abstractmethod
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from bletui.backend import Backend
from bletui.backends.local import arguments, attributes, native
from bletui.backends.local.attempt import Attempt
from bletui.backends.local.link import Link
from bletui.backends.local.outlet import Outlet
from bletui.backends.local.table import SETTLE, UNPLUGGED, LinkTable
from bletui.errors import Context
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, Lane, Peer

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.device import BLEDevice

UNDOING: Final = 1.5  # seconds to take back what was cancelled
LAST: Final = 3.0  # and to end the links that are left when all ends: BlueZ takes 2 s for one (DISCONNECT_TIMER)
TOLD: Final = SETTLE + UNPLUGGED + 0.1  # seconds that the end of a link has to be told after a call has felt it
PLENTY: Final = 3600.0  # bleak's own time limit; ours come first


class Links(Backend):
    """What is up, what comes up, and how it ends."""

    def _begin(self, outlet: Outlet, group: asyncio.TaskGroup) -> None:
        self._told_to = outlet
        self._work = group
        self._table = LinkTable(outlet, self._why, self._link_ended)
        self._attempts: dict[Peer, Attempt] = {}
        self._closing_links = False

    # -- what the system's backend knows

    @abstractmethod
    def _lane_of(self, lane: str | None, operation: str, address: str) -> Lane:
        """The lane if it can be used now; its failure otherwise."""

    @abstractmethod
    def _context_of(self, peer: Peer) -> Context:
        """What is known around a call."""

    @abstractmethod
    async def _device(self, peer: Peer, attempt: Attempt) -> BLEDevice | str:
        """What bleak connects to; looks for it first where the system has not heard of it."""

    async def _end_foreign(self, peer: Peer) -> None:
        """Ends a link that is not ours."""
        raise self.unsupported("disconnect")

    def _attempt_ended(self) -> None:
        """A connect is over, with a link or without."""

    def _link_ended(self, link: Link) -> None:
        if attempt := self._attempts.get(link.peer):
            attempt.fell(link)
        if link.client is not None:
            self._start(self._released(link.client))

    def _lane_gone(self, lane: str, reason: Failure) -> None:
        """The adapter is gone: its links end, and whoever tries for one."""
        self._table.lane_gone(lane, reason)
        for attempt in self._attempts.values():
            if attempt.peer.lane == lane:
                attempt.fails(replace(reason, address=attempt.peer.address))

    def _lane_off(self, lane: str) -> None:
        """The adapter is off. Some are told off and then gone as they are pulled out, so this waits a moment."""
        self._table.lane_off(lane)
        asyncio.get_running_loop().call_later(SETTLE + UNPLUGGED, self._attempts_end, lane)

    def _attempts_end(self, lane: str) -> None:
        for attempt in self._attempts.values():
            if attempt.peer.lane == lane and (reason := self._why(attempt.peer)):
                attempt.fails(replace(reason, address=attempt.peer.address))

    def _why(self, peer: Peer) -> Failure | None:
        """Why links of this lane end now, where that is known."""
        try:
            self._lane_of(peer.lane, "", peer.address)
        except BleError as error:
            return error.failure
        return None

    async def _end_links(self) -> None:
        """Ends our own links and the attempts at others; nothing is told any more."""
        self._closing_links = True
        clients = [link.client for link in self._table if link.client is not None]
        await asyncio.gather(*(self._released(client, LAST) for client in clients))
        self._table.forget()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        """Work of our own that nobody waits for; none while everything ends."""
        if self._closing_links:
            work.close()
        else:
            self._work.create_task(work)

    # -- coming up and going down

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        on = self._lane_of(lane, "connect", address)
        peer = Peer(on.id, self._address(address))
        arguments.seconds(within)
        if pair and "pair" in on.cannot:
            raise self._failed(ErrorKind.OP_UNSUPPORTED, peer, "pair", on.cannot["pair"])
        link = self._table.find(peer)
        if link is None or link.client is None:
            if peer in self._attempts:
                raise self._failed(ErrorKind.LINK_STATE_CONFLICT, peer, "connect", "a connect to it is on its way")
            attempt = self._attempts[peer] = Attempt(peer, within)
            try:
                await self._connect(attempt)
            finally:
                del self._attempts[peer]
                self._attempt_ended()
        if pair:
            await self._keyed(peer, within, ours=link is None)
        return peer

    async def _keyed(self, peer: Peer, within: float, *, ours: bool) -> None:
        """A connect that was to pair, and could not, leaves no link behind."""
        try:
            await self.pair(peer, within=within)
        except BaseException:  # cancelled too
            link = self._table.find(peer)
            if ours and link is not None and link.client is not None:
                link.asked = True
                await self._released(link.client)
                self._table.dropped(peer)
            raise

    async def _connect(self, attempt: Attempt) -> None:
        """The way up: find the device, have bleak connect, and say what it was where that fails."""
        peer = attempt.peer
        await asyncio.to_thread(importlib.import_module, "bleak")  # a tenth of a second that keys need not wait for
        device = await self._device(peer, attempt)
        client = self._client(device, peer)
        connecting = self._work.create_task(_outcome(client))
        try:
            await attempt.over(connecting)
        except asyncio.CancelledError:
            await self._taken_back(connecting, client, peer)
            raise
        if connecting.done() and not connecting.cancelled() and connecting.result() is None and client.is_connected:
            self._use(attempt, client)
            return
        error = connecting.result() if connecting.done() and not connecting.cancelled() else None
        if error is not None and attempt.trouble is None:
            await self._understood(attempt, error)
        clearing_up = self._taken_back(connecting, client, peer)
        if self._why(peer) is None:
            await clearing_up  # or its goodbye would end the next connect
        else:
            self._start(clearing_up)  # there is no adapter that could answer it
        raise BleError(self._why_not(attempt, error))

    async def _understood(self, attempt: Attempt, error: Exception) -> None:
        """Behind some of bleak's words hides an end of the link, which is told in a moment; others end the link."""
        failure = native.raised(error, "connect", self._context_of(attempt.peer))
        if native.may_hide_a_loss(failure):
            await asyncio.wait([attempt.told], timeout=TOLD)
        elif link := self._table.find(attempt.peer):
            link.asked = True

    def _use(self, attempt: Attempt, client: BleakClient) -> None:
        link = self._table.up(attempt.peer, mtu=attributes.mtu(client.services), bonded=attempt.bonded)
        link.client = client

    def _why_not(self, attempt: Attempt, error: Exception | None) -> Failure:
        """Time-outs hide everything: that the adapter went, that the link came and fell, that nothing was heard."""
        context = replace(self._context_of(attempt.peer), elapsed=attempt.elapsed)
        if attempt.trouble is not None:
            return replace(attempt.trouble, operation="connect", elapsed=attempt.elapsed)
        if error is not None and not isinstance(error, TimeoutError):
            return native.raised(error, "connect", context)
        failure = native.raised(TimeoutError(), "discover" if attempt.linked else "connect", context)
        kind = failure.kind if attempt.linked or not attempt.unheard else ErrorKind.LINK_NOT_SEEN
        return replace(failure, kind=kind, operation="connect", detail=attempt.story())

    async def _taken_back(self, connecting: asyncio.Task[Exception | None], client: BleakClient, peer: Peer) -> None:
        """bleak's own clearing up tells BlueZ to stop trying; what does not end in time is left."""
        if link := self._table.find(peer):
            link.asked = link.settling is None
        for _ in range(2):
            if not connecting.done():
                connecting.cancel()
                await asyncio.wait({connecting}, timeout=UNDOING)
        if client.is_connected:
            await self._released(client)
        if self._table.find(peer) is not None:
            self._table.dropped(peer)

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        peer = Peer(peer.lane, self._address(peer.address))
        arguments.seconds(within)
        link = self._table.find(peer)
        if link is None:
            return
        link.asked = True
        try:
            async with asyncio.timeout(within):
                await (self._end_foreign(peer) if link.client is None else link.client.disconnect())
        except TimeoutError:
            link.asked, link.client = False, None  # bleak's is of no more use; another one may take the link
            context = self._context_of(peer)
            raise BleError(native.no_reply("Disconnect", within, "disconnect", context)) from None
        except BleError:
            link.asked = False
            raise
        except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
            failure = native.raised(error, "disconnect", self._context_of(peer))
            if self._table.find(peer) is not None and not await link.ending(TOLD):
                link.asked = False
                raise BleError(failure) from error
        self._table.dropped(peer)

    async def _released(self, client: BleakClient, within: float = UNDOING) -> None:
        """Ends the client and its connection to the bus; what it says of a link that is over is of no interest."""
        try:
            async with asyncio.timeout(within):
                await client.disconnect()
        except Exception:  # whatever it says: the link is over, and bleak clears up before it raises
            return

    # -- what both ends need

    def _client(self, device: BLEDevice | str, peer: Peer) -> BleakClient:
        from bleak import BleakClient

        return BleakClient(device, partial(self._client_ended, peer), timeout=PLENTY)

    def _client_ended(self, peer: Peer, client: BleakClient) -> None:
        link = self._table.find(peer)
        if link is not None and link.client in (None, client):
            self._table.dropped(peer)

    def _failed(self, kind: ErrorKind, peer: Peer, operation: str, detail: str, handle: int | None = None) -> BleError:
        radio = self._context_of(peer).radio
        return BleError(
            Failure(
                kind=kind,
                operation=operation,
                radio=radio,
                lane=peer.lane,
                address=peer.address,
                handle=handle,
                detail=detail,
            )
        )

    @staticmethod
    def _address(text: str) -> str:
        return arguments.address(text)


async def _outcome(client: BleakClient) -> Exception | None:
    """Connects; what it raises is handed over as a value, so that a task group never ends for it."""
    try:
        await client.connect()
    except Exception as error:  # dbus-fast and bleak raise anything; it is named, not hidden
        return error
    return None
