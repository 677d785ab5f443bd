"""Who somebody is and what that allows: by the socket's peer, or by a token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Owner, Role
from bletui.target import invalid

RANK: dict[Role, int] = {"viewer": 0, "reader": 1, "operator": 2}
_SEAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Credential:
    """`user`: a name from the system or of a token; `own`: the user that the bridge itself runs as; `digest`: of the
    token's secret, "" without one."""

    user: str
    role: Role
    own: bool = False
    digest: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a Unix socket, as the kernel says."""

    uid: int
    gid: int
    pid: int
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Who besides the bridge's own user may use its Unix socket."""

    gid: int
    name: str
    role: Role = "operator"


def of_peer(peer: Peer, own_uid: int, group: Group | None, name: str) -> Credential:
    """What the peer may do; `auth.refused` for anybody else. `name`: what the system calls this user."""
    if peer.uid in (own_uid, 0):
        return Credential(name, "operator", own=True)
    if group is not None and group.gid in (peer.gid, *peer.groups):
        return Credential(name, group.role)
    allowed = f"the group {group.name}" if group else "nobody else (--group)"
    raise refused(f"user {name} (uid {peer.uid}) may not use this bridge; its own user may, root, and {allowed}")


def lesser(one: Role, other: Role) -> Role:
    return min(one, other, key=RANK.__getitem__)


def owner_id(credential: Credential, seat: str) -> str:
    """The owner at the seat that is called so; `request.invalid` for a name that could be mistaken for another's."""
    if not _SEAT.fullmatch(seat):
        raise invalid(f"{seat!r} is no name for a seat: 1 to 32 letters, digits, dots, dashes, underscores")
    return seat if credential.own else f"{seat}@{credential.user}"


def owner(credential: Credential, seat: str, wanted: Role) -> Owner:
    return Owner(owner_id(credential, seat), lesser(wanted, credential.role))


def refused(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.AUTH_REFUSED, source="bletui.bridge", operation="hello", detail=detail))
