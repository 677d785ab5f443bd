"""What everything above a radio holds: the same for a backend in this process and for one behind a bridge."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator

from bletui.model import AddressType, Batch, Connect, OpId, Owner, Peer, Request, Result, Rung, ScanRequest, Snapshot


class Attachment(ABC):
    """One owner's seat at a radio: the role is bound here, so no call carries an owner.

    Every call may raise `BleError`: `access.refused` where the role does not allow it, `op.unsupported` where the
    backend can't do it.
    """

    owner: Owner
    snapshot: Snapshot  # as it was when the seat was taken; `events()` continues from it
    log: tuple[Batch, ...] = ()  # the newest events before that, advertisements excepted, where the radio keeps them

    @abstractmethod
    def events(self) -> AsyncIterator[Batch]:
        """Every event after the snapshot. Ends with the radio; `busy.capacity` if the owner fell too far behind."""

    @abstractmethod
    async def perform(
        self,
        request: Request,
        *,
        op: OpId | None = None,
        limit: float = 20.0,
        deadline: float | None = None,
        priority: int = 0,
        once: bool = False,
    ) -> Result:
        """Queues `request` and waits for its end. `limit` bounds one attempt, `deadline` everything; seconds.

        `once`: one attempt and no other, for who decides itself what is repeated.
        """

    async def connect(
        self, address: str, *, lane: str | None = None, address_type: AddressType | None = None, pair: bool = False
    ) -> Peer:
        """The link to `address`, brought up if need be."""
        peer = await self.perform(Connect(address, lane, address_type, pair))
        assert isinstance(peer, Peer)
        return peer

    @abstractmethod
    async def scan(self, request: ScanRequest | None) -> None:
        """States this owner's wish; the radio scans for the union of all owners' wishes."""

    @abstractmethod
    async def rescan(self) -> None:
        """Opens the scan streams anew, at once, for the same wish: what waits for its next try does not wait on."""

    @abstractmethod
    async def cancel(self, op: OpId) -> None: ...

    @abstractmethod
    async def promote(self, op: OpId) -> None:
        """Moves a waiting operation to the front of its queue."""

    @abstractmethod
    async def retry_now(self, op: OpId) -> None: ...

    @abstractmethod
    async def pause(self, lane: str) -> None:
        """Nothing new is started there until `resume`; what runs goes on. `Lane.paused` tells it."""

    @abstractmethod
    async def resume(self, lane: str) -> None: ...

    @abstractmethod
    async def answer(self, prompt: int, value: str | None) -> None: ...

    @abstractmethod
    async def adopt(self, peer: Peer) -> None:
        """Makes a foreign link this owner's."""

    @abstractmethod
    async def history(self, since: float) -> tuple[Batch, ...]:
        """Batches from wall time `since` on, as far back as the radio remembers."""

    def going(self) -> None:
        """Whoever sits here is about to leave: tasks that wait for an answer may end, and what they asked for goes on.

        A radio that ends with them has nothing to do.
        """
        return

    @abstractmethod
    async def detach(self, *, keep: bool) -> None:
        """Leaves the seat. `keep`: the scan wish and what is queued stay for a reattach under the same owner id."""


class Radio(ABC):
    """One or more lanes behind one queue; `name` qualifies the lanes' ids."""

    name: str

    @abstractmethod
    async def attach(self, owner: Owner, *, deaf: bool = False) -> Attachment:
        """A seat for `owner`. `deaf`: its `events()` end at once, for who hears them through another seat."""

    @abstractmethod
    async def aclose(self) -> None:
        """Ends every seat's events, releases own links, closes the backend."""

    async def probe(self) -> AsyncIterator[Rung]:
        """As a backend's: the doctor's rungs of what serves whole radios. One without any yields none."""
        none: tuple[Rung, ...] = ()
        for rung in none:
            yield rung
