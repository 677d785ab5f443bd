"""What a role may ask for; checked at the radio, wherever the owner sits."""

from __future__ import annotations

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Disconnect, Owner, Pair, Request, Role, SetPhy, Unpair, Write

_RANK: dict[Role, int] = {"viewer": 0, "reader": 1, "operator": 2}


def least(request: Request) -> Role:
    """The smallest role that may make `request`: one that reads changes nothing at a device and takes nobody's link."""
    match request:
        case Write() | Pair() | Unpair() | SetPhy() | Connect(pair=True) | Disconnect(force=True):
            return "operator"
        case _:
            return "reader"


def allow(owner: Owner, needed: Role, operation: str) -> None:
    """`access.refused` if the owner's role is below `needed`."""
    if _RANK[owner.role] < _RANK[needed]:
        detail = f"{operation} needs the role {needed}; this seat's is {owner.role}"
        raise BleError(Failure(kind=ErrorKind.ACCESS_REFUSED, operation=operation, detail=detail))
