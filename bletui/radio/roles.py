"""What a role may ask for; checked at the radio, wherever the owner sits."""

from __future__ import annotations

from collections.abc import Iterable

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
    refused = refusal(owner.role, needed, operation)
    if refused is not None:
        raise BleError(refused)


def refusal(role: Role, needed: Role, operation: str) -> Failure | None:
    """What who has `role` is told of an operation that takes `needed`; None: it is allowed."""
    if _RANK[role] >= _RANK[needed]:
        return None
    detail = f"{operation} needs the role {needed}; this seat's is {role}"
    return Failure(kind=ErrorKind.ACCESS_REFUSED, operation=operation, detail=detail)


def greatest(roles: Iterable[Role]) -> Role:
    """The one that may do most; of none at all: viewer."""
    return max(roles, key=_RANK.__getitem__, default="viewer")
