"""Who asked for which link: what makes one owner's link another's to leave alone."""

from __future__ import annotations

from collections.abc import Iterable

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Disconnect, Event, LaneDown, LinkChanged, OperationChanged, Peer


class Holders:
    """Kept by noting every event; `hold` adds what no event tells, a connect to a link that was up already."""

    def __init__(self) -> None:
        self._of: dict[Peer, list[str]] = {}

    def note(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case OperationChanged(operation=operation) if isinstance(operation.request, Connect) and isinstance(
                    operation.result, Peer
                ):
                    self.hold(operation.result, operation.id.owner.partition("/")[0])
                case LinkChanged(peer=peer, state="down"):
                    self._of.pop(peer, None)
                case LaneDown(lane=lane):
                    for peer in [peer for peer in self._of if peer.lane == lane]:
                        del self._of[peer]
                case _:
                    pass

    def hold(self, peer: Peer, owner: str) -> None:
        owners = self._of.setdefault(peer, [])
        if owner not in owners:
            owners.append(owner)

    def leave(self, peer: Peer, owner: str) -> None:
        if owner in (owners := self._of.get(peer, [])):
            owners.remove(owner)

    def of(self, owner: str) -> list[Peer]:
        return [peer for peer, owners in self._of.items() if owner in owners]

    def others(self, peer: Peer, owner: str) -> list[str]:
        return [other for other in self._of.get(peer, []) if other != owner]

    def refuse(self, request: Disconnect, peer: Peer, owner: str) -> None:
        """`link.not-ours` if others hold the link and `force` is not asked for."""
        others = self.others(peer, owner)
        if others and not request.force:
            detail = f"{', '.join(others)} asked for this link too; disconnect it by force to take it from them"
            raise BleError(
                Failure(
                    kind=ErrorKind.LINK_NOT_OURS,
                    source="bletui.bridge",
                    operation="disconnect",
                    lane=peer.lane,
                    address=peer.address,
                    detail=detail,
                )
            )
