"""Connecting and disconnecting, and what is asked of a link itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final

from bletui.backends.cassia import api, arguments
from bletui.backends.cassia.feeds import Start
from bletui.backends.cassia.lanes import Lanes
from bletui.backends.cassia.native import made_of, said_ok
from bletui.backends.cassia.router import Router
from bletui.backends.cassia.table import LinkTable
from bletui.backends.cassia.watch import Watch
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, Peer, Phy

CONNECTION: Final = "/gap/nodes/{address}/connection"
RETRIES: Final = 2  # by the router itself, where a link drops as it comes up; the vendor advises 2 or 3
UNDOING: Final = 1.5  # seconds to take back what was cancelled
UNDO_AGAIN: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # seconds before each next try, where that failed
ENDED_TOLD: Final = 1.0  # seconds that the stream has to tell of an end that the router has confirmed
BEGUN_TOLD: Final = 0.15  # and of a beginning, after which the list is asked
NOT_THERE: Final = frozenset({ErrorKind.LINK_NOT_CONNECTED, ErrorKind.LINK_CLOSED_REMOTE})


@dataclass(eq=False, slots=True)
class _Debt:
    """A connect that could not be taken back yet. `paying` is held while the router is asked to."""

    peer: Peer
    paying: asyncio.Lock = field(default_factory=asyncio.Lock)


class Links:
    """`table` holds what is connected; every change of it is told there, whoever hears of it first. `fixed` is what the
    target asks of every connect; `start` runs what nobody waits for."""

    def __init__(
        self,
        router: Router,
        lanes: Lanes,
        table: LinkTable,
        watch: Watch,
        fixed: Mapping[str, int | str],
        start: Start,
    ) -> None:
        self._router = router
        self._lanes = lanes
        self._table = table
        self._watch = watch
        self._fixed = fixed
        self._start = start
        self._owed: dict[str, _Debt] = {}  # by address
        self._stale: set[str] = set()  # addresses whose tree the router shall not take from its cache

    def refresh(self, address: str) -> None:
        """Has the next connect read the attribute table anew: the only time when the router can be told to."""
        if len(self._stale) < 1024:
            self._stale.add(address)

    async def connect(self, address: str, *, lane: str | None, address_type: AddressType | None, within: float) -> Peer:
        """The link's name, once it is up and told. Without a type the router takes the address for a public one."""
        address = arguments.device(address)
        await self._settle(address)
        params = {} if lane is None else {"chip": str(self._lanes.chip(lane))}
        body = {
            "type": address_type or "public",
            "timeout": arguments.milliseconds(within * self._router.speed),
            "auto": 0,
            "discovergatt": 0 if address in self._stale else 1,
            "fail_retry_times": RETRIES,
            **self._fixed,
        }
        peer = Peer(lane or self._lanes.of(0), address)
        if self._table.find(address) is None:
            async with self.undone(peer, "connect"):
                self._watch.wanted[address] = peer.lane
                call = self._router.on(peer, "POST", CONNECTION, params, operation="connect", within=within, body=body)
                said_ok(await call, operation="connect", context=self._router.context(peer))
                self._stale.discard(address)
                await self.settle_up(peer)
        return self._table.find(address) or peer

    async def _settle(self, address: str) -> None:
        """It is wanted now. What takes it back at this moment would overtake this connect, and end it."""
        if debt := self._owed.get(address):
            async with debt.paying:
                self._owed.pop(address, None)

    async def settle_up(self, peer: Peer) -> None:
        """The router says that there is a link. Where no event has told of it (it stood already, or the firmware has
        none), the list says which chip carries it."""
        if self._watch.live:
            await self._table.until(lambda: self._table.find(peer.address) is not None, BEGUN_TOLD)
        if self._table.find(peer.address) is None:
            with suppress(BleError):  # what the list can't say, the answer has said: the link is up
                await self._watch.look()
        if self._table.find(peer.address) is None:
            self._table.up(peer)
            self._lanes.used(self._table.peers())

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        peer = Peer(peer.lane, arguments.device(peer.address))
        arguments.milliseconds(within)
        self._watch.asked.add(peer.address)
        try:
            await self._ended(peer, within)
        finally:
            self._watch.asked.discard(peer.address)

    async def _ended(self, peer: Peer, within: float) -> None:
        try:
            answer = await self._router.on(peer, "DELETE", CONNECTION, operation="disconnect", within=within)
            said_ok(answer, operation="disconnect", context=self._router.context(peer))
        except BleError as error:
            if error.failure.kind not in NOT_THERE:
                raise
        known = self._table.find(peer.address)
        if known is None:
            return
        if self._watch.live:
            await self._table.until(lambda: self._table.find(peer.address) is None, ENDED_TOLD)
        reason = Failure(kind=ErrorKind.OP_CANCELLED, operation="disconnect", lane=known.lane, address=known.address)
        self._table.down(known, reason)
        self._lanes.used(self._table.peers())

    @asynccontextmanager
    async def undone(self, peer: Peer, operation: str) -> AsyncIterator[None]:
        """What ends by being cancelled, or in no one knows what, is ended at the router too."""
        try:
            yield
        except asyncio.CancelledError:
            await self.undo(peer)
            raise
        except BleError as error:
            if error.failure.outcome_unknown and await self.undo(peer):
                detail = f"the {operation} was taken back"
                raise BleError(replace(error.failure, outcome_unknown=False, detail=detail)) from error
            raise
        finally:
            self._watch.wanted.pop(peer.address, None)

    async def undo(self, peer: Peer) -> bool:
        """Whether the router has confirmed that there is no link now; if it can't be asked, it is asked later."""
        try:
            async with asyncio.timeout(UNDOING):
                await self.disconnect(peer, within=UNDOING)
        except (BleError, TimeoutError):
            self._watch.stir()
            if peer.address not in self._owed:
                self._owed[peer.address] = debt = _Debt(peer)
                self._start(self._undo_later(debt))
            return False
        return True

    async def _undo_later(self, debt: _Debt) -> None:
        """A link that comes up all the same would be taken for somebody else's, and keep its slot for ever."""
        for wait in UNDO_AGAIN:
            await asyncio.sleep(wait / self._router.speed)
            if self._owed.get(debt.peer.address) is not debt:
                return  # it was asked for anew, and is wanted now
            with suppress(BleError):
                async with debt.paying:
                    await self.disconnect(debt.peer, within=UNDOING)
                break
        if self._owed.get(debt.peer.address) is debt:  # not what a later connect owes
            del self._owed[debt.peer.address]

    async def rssi(self, peer: Peer, *, within: float) -> int:
        arguments.device(peer.address)
        path = "/gap/nodes/{address}/rssi"
        answer = await self._router.on(peer, "GET", path, operation="rssi", within=within, repeatable=True)
        return made_of(answer, api.rssi, operation="rssi", context=self._router.context(peer))

    async def set_phy(self, peer: Peer, *, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        """What the link uses then; without a wish for either it is asked for and nothing is changed."""
        arguments.device(peer.address)
        body = {"tx": arguments.phys("tx", tx), "rx": arguments.phys("rx", rx)}
        wanted = {key: names for key, names in body.items() if names}
        path, method = "/gap/nodes/{address}/phy", "POST" if wanted else "GET"
        call = self._router.on(
            peer, method, path, operation="set_phy", within=within, body=wanted or None, repeatable=not wanted
        )
        found = made_of(await call, api.phy, operation="set_phy", context=self._router.context(peer))
        if self._table.find(peer.address) is not None:
            self._table.up(peer, phy=found)
        return Phy(*found)
