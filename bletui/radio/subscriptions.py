"""Who listens to which value: counted per owner, kept over a link's end, armed anew when the link is back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Discover, Event, NotifyMode, Peer, Request, Result, Subscribe, SubscriptionChanged

Perform = Callable[[Request], Awaitable[Result]]  # by the radio itself, through its queue


@dataclass(slots=True)
class _Kept:
    mode: NotifyMode
    owners: list[str] = field(default_factory=list)


class Subscriptions:
    """The book of one radio. What someone else turned on at the device is not in it and is left alone."""

    def __init__(
        self,
        perform: Perform,
        publish: Callable[[Sequence[Event]], None],
        now: Callable[[], float],
        linked: Callable[[Peer], bool],
    ) -> None:
        self._perform = perform
        self._publish = publish
        self._now = now
        self._linked = linked
        self._kept: dict[tuple[Peer, int], _Kept] = {}
        self._lost: dict[tuple[str, int], _Kept] = {}  # by address: the link may come back on another lane
        self._arming: set[tuple[Peer, int]] = set()  # lost ones that are being armed again
        self._moved: set[str] = set()  # devices whose attributes may have other handles by now

    async def ask(self, owner: str, request: Subscribe, peer: Peer, write: Callable[[], Awaitable[Result]]) -> None:
        """`write` makes the backend call; it is made only where the device's CCCD has to change."""
        kept = self._kept.get((peer, request.handle))
        if request.mode == "off":
            await self._off(owner, request.handle, peer, write)
        elif kept is not None and kept.mode == request.mode:
            if owner not in kept.owners:
                kept.owners.append(owner)
                self._tell(peer, request.handle, kept)
        else:
            await write()
            self._check(peer, request.handle)
            # As it stands now: others may have come or gone, and the radio may have armed it again, meanwhile.
            books = self._kept.get((peer, request.handle)), self._lost.pop((peer.address, request.handle), None)
            owners = [*(other for book in books if book for other in book.owners), owner]
            self._arm(peer, request.handle, _Kept(request.mode, list(dict.fromkeys(owners))))

    def drop(self, owner: str, address: str, handle: int) -> bool:
        """While the link is down there is nothing to turn off but the wish to have it back; whether there was one."""
        kept = self._lost.get((address, handle))
        if kept is None or owner not in kept.owners:
            return False
        kept.owners.remove(owner)
        if not kept.owners:
            del self._lost[address, handle]
        return True

    async def leave(self, owner: str) -> None:
        """The owner is gone: the last one out turns the value off."""
        for address, handle in list(self._lost):
            self.drop(owner, address, handle)
        for (peer, handle), kept in list(self._kept.items()):
            if owner in kept.owners:
                await self._off(owner, handle, peer, partial(self._silence, peer, handle))

    def moved(self, address: str) -> None:
        """The device said that its services changed: handles are looked up anew before anything is armed again."""
        self._moved.add(address)

    def ended(self, peer: Peer, reason: Failure | None) -> list[Event]:
        """The link is down and every subscription on it with it; what is told of that."""
        told: list[Event] = []
        for key in [key for key in self._kept if key[0] == peer]:
            kept = self._kept.pop(key)
            self._lost[peer.address, key[1]] = kept
            told.append(SubscriptionChanged(self._now(), peer, key[1], kept.mode, (), reason))
        return told

    async def rearm(self, peer: Peer) -> None:
        """Our own link is back: each subscription is armed again, or told lost with the reason.

        Those that are left when the link ends once more wait for the next one.
        """
        if not any(address == peer.address for address, _ in self._lost):
            return
        if peer.address in self._moved and await self._rediscover(peer):
            self._moved.discard(peer.address)
        for address, handle in [key for key in self._lost if key[0] == peer.address]:
            # Two owners who reconnect at once both come here.
            if (address, handle) in self._lost and (peer, handle) not in self._arming and self._linked(peer):
                self._arming.add((peer, handle))
                try:
                    await self._arm_again(peer, handle, self._lost[address, handle].mode)
                finally:
                    self._arming.discard((peer, handle))

    async def _arm_again(self, peer: Peer, handle: int, mode: NotifyMode) -> None:
        try:
            await self._perform(Subscribe(peer.address, peer.lane, handle=handle, mode=mode))
        except BleError as failed:
            if self._linked(peer) and (peer.address, handle) in self._lost:
                del self._lost[peer.address, handle]
                self._publish([SubscriptionChanged(self._now(), peer, handle, mode, (), failed.failure)])
            return
        if not self._linked(peer):
            return
        if kept := self._lost.pop((peer.address, handle), None):
            self._arm(peer, handle, kept)
        elif (peer, handle) not in self._kept:
            await self._silence(peer, handle)  # its owners left meanwhile

    def _check(self, peer: Peer, handle: int) -> None:
        if not self._linked(peer):
            detail = "the link ended as the value was armed"
            raise BleError(
                Failure(
                    kind=ErrorKind.LINK_LOST,
                    operation="subscribe",
                    lane=peer.lane,
                    address=peer.address,
                    handle=handle,
                    detail=detail,
                )
            )

    async def _rediscover(self, peer: Peer) -> bool:
        try:
            await self._perform(Discover(peer.address, peer.lane, refresh=True))
        except BleError:
            return False  # the operation's own event tells it; arming then fails with its own reason
        return True

    async def _off(self, owner: str, handle: int, peer: Peer, write: Callable[[], Awaitable[Result]]) -> None:
        self.drop(owner, peer.address, handle)  # it may be on the way to being armed again
        kept = self._kept.get((peer, handle))
        if kept is not None and [other for other in kept.owners if other != owner]:
            kept.owners = [other for other in kept.owners if other != owner]
            self._tell(peer, handle, kept)
            return
        await write()
        if self._kept.pop((peer, handle), None) is not None:
            self._publish([SubscriptionChanged(self._now(), peer, handle, "off", ())])

    async def _silence(self, peer: Peer, handle: int) -> Result:
        try:
            return await self._perform(Subscribe(peer.address, peer.lane, handle=handle, mode="off"))
        except BleError:
            return None  # its owner is gone; the operation's own event tells it to the others

    def _arm(self, peer: Peer, handle: int, kept: _Kept) -> None:
        self._kept[peer, handle] = kept
        self._tell(peer, handle, kept)

    def _tell(self, peer: Peer, handle: int, kept: _Kept) -> None:
        self._publish([SubscriptionChanged(self._now(), peer, handle, kept.mode, tuple(kept.owners))])
