"""What someone asked for, one frozen value per verb, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bletui.failure import Failure
from bletui.model.gatt import GattTree
from bletui.model.names import AddressType, OpId, Peer

NotifyMode = Literal["off", "notify", "indicate"]
OpState = Literal["waiting", "running", "retrying", "cancelling", "done", "failed", "cancelled"]
Phase = Literal["queued", "looking", "connecting", "pairing", "discovering", "transferring"]


@dataclass(frozen=True, slots=True)
class Request:
    """`lane` None: the radio chooses (connect), or finds the one link to this address (everything else)."""

    address: str
    lane: str | None = None


@dataclass(frozen=True, slots=True)
class Connect(Request):
    address_type: AddressType | None = None
    pair: bool = False


@dataclass(frozen=True, slots=True)
class Disconnect(Request):
    force: bool = False  # also a link that is not ours


@dataclass(frozen=True, slots=True)
class Discover(Request):
    refresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Request):
    handle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Request):
    handle: int
    value: bytes
    response: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe(Request):
    handle: int
    mode: NotifyMode


@dataclass(frozen=True, slots=True)
class Pair(Request):
    pass


@dataclass(frozen=True, slots=True)
class Unpair(Request):
    pass


@dataclass(frozen=True, slots=True)
class ReadRssi(Request):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPhy(Request):
    tx: tuple[str, ...] = ()
    rx: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListBonds(Request):
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bond:
    lane: str
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Phy:
    tx: str
    rx: str


Result = Peer | GattTree | Phy | tuple[Bond, ...] | bytes | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One request on its way. Times: wall seconds; `limit` bounds one attempt; `place` counts from 1 in its queue.

    `of`: how many attempts there may be if it goes on failing like this; None: not known, or no cap.
    """

    id: OpId
    request: Request
    state: OpState
    phase: Phase = "queued"
    lane: str | None = None
    place: int = 0
    attempt: int = 0
    of: int | None = None
    started: float
    limit: float
    retry_at: float | None = None
    failure: Failure | None = None
    result: Result = None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")
