"""The seats of the bridge: one per owner, kept while nobody sits there, so that who comes back finds their work."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from bletui.bridge import access
from bletui.bridge.access import Credential
from bletui.bridge.performing import Pending, Performing
from bletui.bridge.protocol.messages import Hello
from bletui.bridge.radios import Sitting
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Owner
from bletui.text import visible

OWN_NAMES = frozenset({"bridge", "radio", "router-api"})  # what works in the bridge itself is called so
SEATS_MAX, SEATS_EACH = 256, 128  # in all, and of one user or token
KEEP = 12 * 3600.0  # seconds for which a seat is kept while nobody sits there


class Client(Protocol):
    """Who sits at a seat."""

    program: str

    def goodbye(self, failure: Failure, *, final: bool = True) -> None:
        """Says why, and closes."""


@dataclass(eq=False, slots=True)
class Seat:
    owner: Owner
    credential: Credential
    sitting: Sitting
    performing: Performing
    since: float  # wall seconds: when the client came, or left
    client: Client | None = None
    resume: str = field(default="", repr=False)
    scanning: bool = False


Make = Callable[[Owner], "tuple[Sitting, Performing]"]


class Seats:
    """Who sits where. A seat's name is free, or free for the taking, or somebody's."""

    def __init__(self, seats_max: int = SEATS_MAX, each_max: int = SEATS_EACH) -> None:
        self._seats: dict[str, Seat] = {}
        self._max = seats_max
        self._each_max = each_max
        self._pending: dict[str | None, Pending] = {}

    def __iter__(self) -> Iterator[Seat]:
        return iter(list(self._seats.values()))

    def __len__(self) -> int:
        return len(self._seats)

    def name_for(self, hello: Hello, credential: Credential) -> str:
        """The owner id that `hello` gets. `busy.capacity`: somebody sits there."""
        wanted = access.owner_id(credential, hello.seat)
        name = wanted
        if not self._may_sit(wanted, hello, credential):
            if hello.take != "free":
                raise _busy(f"{wanted} is the bridge's own") if wanted in OWN_NAMES else _occupied(self._seats[wanted])
            others = (access.owner_id(credential, f"{hello.seat}-{n}") for n in count(2))
            name = next(name for name in others if self._is_free(name, hello, credential))
        return name

    def in_the_way(self, credential: Credential, idle: Callable[[Seat], bool]) -> Seat | None:
        """Who has to go for one more of this user or token: of the seats that nobody sits at the one that was left
        longest ago, `idle` ones first. None: nobody. `busy.capacity`: there are too many, and somebody sits at each."""
        own = [seat for seat in self._seats.values() if _whose(seat.credential) == _whose(credential)]
        full = len(self._seats) >= self._max
        if not full and len(own) < self._each_max:
            return None
        others = [seat for seat in self._seats.values() if full and idle(seat)]
        for some in (list(filter(idle, own)), others, own):
            left = [seat for seat in some if seat.client is None]
            if left:
                return min(left, key=lambda seat: seat.since)
        if full:
            raise _busy(f"there are {self._max} seats already")
        return None

    def pending(self, credential: Credential) -> Pending:
        """What this user or token has under way at all of its seats."""
        return self._pending.setdefault(_whose(credential), Pending())

    def get(self, owner: str) -> Seat | None:
        return self._seats.get(owner)

    def add(self, seat: Seat) -> None:
        self._seats[seat.owner.id] = seat

    def sit(self, seat: Seat, client: Client, now: float) -> Client | None:
        """The client takes the seat; whoever sat there before."""
        before, seat.client = seat.client, client
        seat.since = now
        seat.resume = secrets.token_hex(16)
        return before

    def of(self, client: Client) -> Seat | None:
        return next((seat for seat in self._seats.values() if seat.client is client), None)

    def stand_up(self, client: Client, now: float) -> Seat | None:
        """The seat that this client had, kept from now on."""
        seat = self.of(client)
        if seat is not None:
            seat.client, seat.since = None, now
        return seat

    def remove(self, seat: Seat) -> None:
        self._seats.pop(seat.owner.id, None)

    def overdue(self, now: float, keep: float = KEEP) -> list[Seat]:
        return [seat for seat in self._seats.values() if seat.client is None and now - seat.since > keep]

    def _is_free(self, name: str, hello: Hello, credential: Credential) -> bool:
        """Nobody sits there. What somebody left who could do more is not a viewer's, who could do nothing with it."""
        seat = self._seats.get(name)
        if seat is None:
            return True
        looks = access.lesser(hello.role, credential.role) == "viewer"
        return seat.client is None and (hello.take != "free" or not looks or seat.owner.role == "viewer")

    def _may_sit(self, name: str, hello: Hello, credential: Credential) -> bool:
        """Free, or this client's own from before its connection was lost, or to be taken from who sits there."""
        if name in OWN_NAMES:
            return False
        if self._is_free(name, hello, credential):
            return True
        seat = self._seats[name]
        same = bool(hello.resume) and hmac.compare_digest(hello.resume.encode(), seat.resume.encode())
        return same or (hello.take == "over" and access.RANK[credential.role] >= access.RANK[seat.owner.role])


def _whose(credential: Credential) -> str | None:
    """None: the bridge's own user."""
    return None if credential.own else credential.user


def _occupied(seat: Seat) -> BleError:
    program = visible(seat.client.program) if seat.client else ""
    return _busy(f"{seat.owner.id} is taken by {program or 'a client'}; ask them, or take it over")


def _busy(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.BUSY_CAPACITY, source="bletui.bridge", operation="hello", detail=detail))
