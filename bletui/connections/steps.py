"""What the queue asks to be done, and which requests need what."""

from __future__ import annotations

from dataclasses import dataclass

from bletui.model import Connect, Disconnect, ListBonds, OpId, Pair, Peer, ReadRssi, Request, SetPhy, Unpair


@dataclass(frozen=True, slots=True)
class Call:
    """Make this backend call, bounded by `within` seconds, and say `ended` when it has. `lane` None: any."""

    id: OpId
    request: Request
    lane: str | None
    within: float


@dataclass(frozen=True, slots=True)
class CancelCall:
    """Cancel the call that runs for this operation; it still ends by `ended`."""

    id: OpId


@dataclass(frozen=True, slots=True)
class Release:
    """A link came up for an operation that was cancelled meanwhile: take it down."""

    peer: Peer


Step = Call | CancelCall | Release


_VERBS: dict[type[Request], str] = {ReadRssi: "rssi", SetPhy: "set_phy", ListBonds: "bonds"}


def verb(request: Request) -> str:
    """The request's name: that of the backend's method, of `Failure.operation` and of the keys in `Lane.cannot`."""
    return _VERBS.get(type(request)) or type(request).__name__.lower()


def takes_capacity(request: Request) -> bool:
    """Whether it occupies the lane's connecting and not only the link."""
    return isinstance(request, Connect | Pair)


def needs_link(request: Request) -> bool:
    """Whether it is made over a link that is up."""
    return not isinstance(request, Connect | Pair | Disconnect | Unpair | ListBonds)


def bypasses(request: Request) -> bool:
    """Whether it waits for nobody."""
    return isinstance(request, Disconnect | ListBonds)
