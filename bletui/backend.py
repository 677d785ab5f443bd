"""The port that backends implement: raw operations and one `emit`; no queue, no retries, no owners.

A backend lets nothing but `BleError` out of a call, and nothing at all out of a stream: a broken one is a
`StreamChanged` with its failure and the time of the next try.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from bletui.clock import Clock
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, Bond, Event, GattTree, NotifyMode, Peer, Phy, Rung, ScanRequest

Emit = Callable[[Sequence[Event]], None]


def no_secret(name: str) -> str:
    raise BleError(Failure(kind=ErrorKind.AUTH_REFUSED, detail=f"no credential named {name!r} is configured"))


@dataclass(frozen=True, slots=True)
class Env:
    """What a backend is given besides its target. `radio` is the name that qualifies its lane ids."""

    radio: str
    clock: Clock = field(default_factory=Clock)
    secret: Callable[[str], str] = field(default=no_secret, repr=False)
    config: Mapping[str, object] = field(default_factory=dict)
    state_folder: Path | None = None
    speed: float = 1.0  # how many seconds of the simulator or its client pass in one of ours


class Backend(ABC):
    """One way to the air. Calls raise only `BleError`, are cancellable, and undo themselves when cancelled."""

    chooses_lane: ClassVar[bool] = False  # True: connect gets lane=None and the far side decides

    @abstractmethod
    async def open(self, emit: Emit) -> None:
        """Starts within 1 s without waiting for the far side; emits every lane and every link that exists.

        `emit` is synchronous, never blocks, and is called on this loop's thread. Raises only what waiting can't mend.
        """

    @abstractmethod
    async def aclose(self) -> None:
        """Ends streams and tasks; emits nothing afterwards. Callable once, also after a failed `open`."""

    @abstractmethod
    def scan(self, request: ScanRequest | None) -> None:
        """States the wish (None: no scan) and returns; outcomes are `StreamChanged` per lane, now and after outages."""

    @abstractmethod
    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        """Brings a link up within `within` seconds; exactly one `LinkChanged(up)` is emitted before it returns."""

    @abstractmethod
    async def disconnect(self, peer: Peer, *, within: float) -> None:
        """Ends the link; ending nothing is success."""

    @abstractmethod
    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        """The attribute table in the order of handles; `refresh`: past any cache."""

    @abstractmethod
    async def read(self, peer: Peer, handle: int, *, within: float) -> bytes:
        """The whole value, 0 to 512 bytes."""

    @abstractmethod
    async def write(self, peer: Peer, handle: int, value: bytes, *, response: bool, within: float) -> None:
        """Writes the whole value; a command longer than the link allows is refused before any radio traffic."""

    @abstractmethod
    async def subscribe(self, peer: Peer, handle: int, *, mode: NotifyMode, within: float) -> None:
        """Turns delivery on or off; it is armed before the CCCD is written."""

    async def pair(self, peer: Peer, *, within: float) -> None:
        raise self.unsupported("pair")

    async def unpair(self, peer: Peer, *, within: float) -> None:
        raise self.unsupported("unpair")

    async def answer(self, prompt: int, value: str | None) -> None:
        """Answers a `Prompt`: a passkey's digits, `yes` to compare or confirm, hex for out-of-band data; None refuses.

        Answering a prompt that is closed is `link.state-conflict`.
        """
        raise self.unsupported("answer")

    async def rssi(self, peer: Peer, *, within: float) -> int:
        raise self.unsupported("rssi")

    async def set_phy(self, peer: Peer, *, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        raise self.unsupported("set_phy")

    async def bonds(self) -> tuple[Bond, ...]:
        raise self.unsupported("bonds")

    async def probe(self) -> AsyncIterator[Rung]:
        """The doctor's rungs, in order, without `open`: quick, read-only, safe. A backend without any yields none."""
        none: tuple[Rung, ...] = ()
        for rung in none:
            yield rung

    def unsupported(self, operation: str) -> BleError:
        return BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, operation=operation, detail=type(self).__name__))
