"""The smallest honest backend: it emits what a test tells it to and remembers what it was asked for."""

from __future__ import annotations

from bletui.backend import Backend, Emit
from bletui.failure import BleError, Failure
from bletui.model import AddressType, Event, GattTree, NotifyMode, Peer, ScanRequest


class TinyBackend(Backend):
    def __init__(self, *at_open: Event, refuses: Failure | None = None) -> None:
        self.at_open = at_open
        self.refuses = refuses
        self.wishes: list[ScanRequest | None] = []
        self.closed = 0
        self._emit: Emit | None = None

    async def open(self, emit: Emit) -> None:
        if self.refuses is not None:
            raise BleError(self.refuses)
        self._emit = emit
        if self.at_open:
            emit(self.at_open)

    def say(self, *events: Event) -> None:
        assert self._emit is not None, "not open"
        self._emit(events)

    async def aclose(self) -> None:
        self.closed += 1

    def scan(self, request: ScanRequest | None) -> None:
        self.wishes.append(request)

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        raise self.unsupported("connect")

    async def disconnect(self, peer: Peer, *, within: float) -> None:
        raise self.unsupported("disconnect")

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        raise self.unsupported("discover")

    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        raise self.unsupported("read")

    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        raise self.unsupported("write")

    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        raise self.unsupported("subscribe")
