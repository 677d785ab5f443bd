"""Who is let in, and how much they may ask for: both may change while they are there."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from bletui.bridge import access, peers, sockets
from bletui.bridge.access import Credential, Group
from bletui.bridge.client import RATE, Connection
from bletui.bridge.listening import Listening
from bletui.failure import BleError, ErrorKind, Failure

CLIENTS_MAX = 128
UNSEATED_MAX = 64  # that have connected and said nothing yet


@dataclass(frozen=True, slots=True)
class Limits:
    """`requests`: messages of one client in a second."""

    clients: int = CLIENTS_MAX
    requests: float = RATE


class Admission:
    def __init__(self, clients: Collection[Connection]) -> None:
        self.limits = Limits()
        self._clients = clients

    def admit(self, client: Connection) -> Credential | None:
        """Whoever the kernel says it is; None: a token has to say it. `busy.capacity`, `auth.refused`."""
        self.seat()
        unseated = [other for other in self._clients if not (other.seated or other.leaving)]
        if len(unseated) > UNSEATED_MAX:  # the one that has let us wait longest: who means it says hello at once
            unseated[0].part(_full(f"{UNSEATED_MAX} others have not said who they are either"))
        client.allow(self.limits.requests)
        return self._known(client)

    def seat(self) -> None:
        """`busy.capacity`: as many clients as there may be have said who they are, and are here."""
        if sum(other.seated and not other.leaving for other in self._clients) >= self.limits.clients:
            raise BleError(_full(f"{self.limits.clients} clients are here already"))

    def limit(self, limits: Limits) -> None:
        """Nobody who is here has to go for it."""
        self.limits = limits
        for client in self._clients:
            client.allow(limits.requests)

    def share(self, places: Iterable[Listening], group: Group | None) -> None:
        """The group's members have its role from now on. Those who are here come in anew with it, or not at all."""
        for place in places:
            if place.tokens is None and place.group != group:
                if place.held is not None:
                    sockets.share(Path(place.socket.getsockname()), group)
                place.group = group
        for client in list(self._clients):
            if client.place.tokens is None and client.credential is not None:
                self._again(client, client.credential)

    def _again(self, client: Connection, before: Credential) -> None:
        try:
            now = self._known(client)
        except BleError as failed:
            client.goodbye(failed.failure)
            return
        if now is not None and now.role != before.role:
            detail = f"the role of this user is {now.role} from now on"
            client.goodbye(Failure(kind=ErrorKind.NET_CLOSED, source="bletui.bridge", detail=detail), final=False)

    def _known(self, client: Connection) -> Credential | None:
        made: socket.socket = client.transport.get_extra_info("socket")
        peer = peers.peer_of(made) if made.family.name == "AF_UNIX" else None
        if peer is None:
            return None if client.place.tokens else Credential("local", "operator", own=True)
        return access.of_peer(peer, peers.own_uid(), client.place.group, peers.user_name(peer.uid))


def _full(detail: str) -> Failure:
    return Failure(kind=ErrorKind.BUSY_CAPACITY, source="bletui.bridge", operation="hello", detail=detail)
