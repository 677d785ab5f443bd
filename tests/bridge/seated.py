"""A seat at a radio as a backend, so that what backends promise can be asked of whatever stands between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bletui.backend import Backend, Emit
from bletui.bridge.protocol import states
from bletui.model import (
    AddressType,
    Bond,
    Connect,
    Disconnect,
    Discover,
    Event,
    GattTree,
    LinkChanged,
    ListBonds,
    NotifyMode,
    Owner,
    Peer,
    Read,
    Request,
    Result,
    ScanRequest,
    Subscribe,
    Write,
)
from bletui.radio import Attachment, QueuedRadio, Radio
from tests.bridge.running import bridge, on_tcp, remote

Way = Callable[[Backend], AbstractAsyncContextManager[Radio]]


@asynccontextmanager
async def here(backend: Backend) -> AsyncIterator[Radio]:
    radio = QueuedRadio(backend, "sim")
    await radio.open()
    try:
        yield radio
    finally:
        await radio.aclose()


@asynccontextmanager
async def over_a_socket(backend: Backend) -> AsyncIterator[Radio]:
    async with here(backend) as radio, bridge(radio) as (_, socket):
        yield remote(socket)


@asynccontextmanager
async def over_tcp(backend: Backend) -> AsyncIterator[Radio]:
    async with here(backend) as radio, on_tcp(radio) as (_, far):
        yield far


class Seated(Backend):
    """One attempt for each call, as a backend makes it; what the radio says of its own (whose, since when) left out."""

    def __init__(self, way: Way, inner: Backend) -> None:
        self._way = way
        self._inner = inner
        self._stack = AsyncExitStack()
        self._seat: Attachment | None = None
        self._wishes: asyncio.Queue[ScanRequest | None] = asyncio.Queue()

    async def open(self, emit: Emit) -> None:
        radio = await self._stack.enter_async_context(self._way(self._inner))
        self._seat = await radio.attach(Owner("me"))
        snapshot = self._seat.snapshot
        emit([_bare(event) for event in states.told(snapshot, 0.0)])
        await self._stack.enter_async_context(self._working(emit))

    async def aclose(self) -> None:
        await self._stack.aclose()

    @asynccontextmanager
    async def _working(self, emit: Emit) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(self._listen(emit)), tasks.create_task(self._wish())]
            try:
                yield
            finally:
                for task in working:
                    task.cancel()
                await self.seat.detach(keep=False)

    async def _listen(self, emit: Emit) -> None:
        async for batch in self.seat.events():
            emit([_bare(event) for event in batch.events])

    async def _wish(self) -> None:
        while True:
            await self.seat.scan(await self._wishes.get())

    @property
    def seat(self) -> Attachment:
        assert self._seat is not None, "not open"
        return self._seat

    async def _once(self, request: Request, within: float) -> Result:
        return await self.seat.perform(request, limit=within, deadline=within, once=True)

    def scan(self, request: ScanRequest | None) -> None:
        self._wishes.put_nowait(request)

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        peer = await self._once(Connect(address, lane, address_type, pair), within)
        assert isinstance(peer, Peer)
        return peer

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        await self._once(Disconnect(peer.address, peer.lane), within)

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        tree = await self._once(Discover(peer.address, peer.lane, refresh=refresh), within)
        assert isinstance(tree, GattTree)
        return tree

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        value = await self._once(Read(peer.address, peer.lane, handle=handle), within)
        assert isinstance(value, bytes)
        return value

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        await self._once(Write(peer.address, peer.lane, handle=handle, value=value, response=response), within)

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        await self._once(Subscribe(peer.address, peer.lane, handle=handle, mode=mode), within)

    async def bonds(self) -> tuple[Bond, ...]:
        told = await self._once(ListBonds(), 5.0)
        assert isinstance(told, tuple)
        return tuple(bond for bond in told if isinstance(bond, Bond))


def _bare(event: Event) -> Event:
    if isinstance(event, LinkChanged):
        return replace(event, foreign=None, since=None, holders=())
    return event
