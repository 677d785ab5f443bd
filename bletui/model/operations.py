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
# Where its time goes: its phases, and `backoff`, the wait before the next attempt.
Stage = Literal["queued", "looking", "connecting", "pairing", "discovering", "transferring", "backoff"]


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

    `of`: how many attempts there may be if it goes on failing like this; None: not known, or no cap. `moved_from`: the
    lane of the attempt before, where this one is made on another. `spent`: seconds in each stage that is over; `since`:
    when the present one began.
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
    moved_from: str | None = None
    spent: tuple[tuple[Stage, float], ...] = ()
    since: float | None = None

    @property
    def stage(self) -> Stage | None:
        """None: it is over."""
        return stage_of(self.state, self.phase)

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


def stage_of(state: OpState, phase: Phase) -> Stage | None:
    if state in ("done", "failed", "cancelled"):
        return None
    return "backoff" if state == "retrying" and phase == "queued" else phase
