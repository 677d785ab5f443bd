"""Links that owners asked for: one that fell with its lane is asked for again, and comes back when the lane does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from itertools import count

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Connect, Lane, OpId, Peer, Result

PATIENCE = 600.0  # seconds; a lane that stays away longer was not restarted but taken away
LIMIT = 20.0  # seconds of one attempt
_WITH_THE_LANE = frozenset({ErrorKind.ADAPTER_MISSING, ErrorKind.ADAPTER_OFF, ErrorKind.ADAPTER_FAULT})

AskAgain = Callable[[OpId, Connect, Failure], Awaitable[Result]]


def taken_along(reason: Failure | None, lane: Lane | None) -> Failure | None:
    """What took the link that ended for `reason` while its lane still stands; None: it ended by itself.

    A router that can't be reached tells afterwards which links are no longer there, and not why.
    """
    if reason is not None and reason.kind in _WITH_THE_LANE:
        return reason
    untold = reason is None or reason.kind is ErrorKind.LINK_LOST
    return lane.usable if untold and lane is not None else None


class Returning:
    """What the holders of one radio's links asked for, and which of these links are on their way back.

    A link that its device closed, or that somebody disconnected, is let go: only a lane brings its links back.
    """

    def __init__(
        self,
        ask: AskAgain,
        beside: Callable[[Coroutine[None, None, None]], object],
        cancel: Callable[[OpId], None],
    ) -> None:
        self._ask = ask
        self._beside = beside
        self._cancel = cancel
        self._held: dict[Peer, dict[str, Connect]] = {}
        self._coming: dict[OpId, Connect] = {}
        self._numbers = count(1)

    def hold(self, owner: str, peer: Peer, request: Connect) -> None:
        """Its bond, if it has one, is there when it comes back: nobody is asked for keys then."""
        self._held.setdefault(peer, {})[owner] = replace(request, lane=peer.lane, pair=False)

    def let_go(self, address: str, lane: str | None) -> None:
        """Somebody disconnects it."""
        for peer in [peer for peer in self._held if peer.address == address and lane in (None, peer.lane)]:
            del self._held[peer]
        self.supersede(address)

    def supersede(self, address: str) -> None:
        """Somebody asks for a link to it, there or elsewhere: theirs is not to meet ours."""
        for op in [op for op, request in self._coming.items() if request.address == address]:
            del self._coming[op]
            self._cancel(op)

    def leave(self, owner: str) -> None:
        """The owner is gone; its operations are cancelled with all the others that it has."""
        for peer, owners in list(self._held.items()):
            owners.pop(owner, None)
            if not owners:
                del self._held[peer]
        for op in [op for op in self._coming if op.owner.partition("/")[0] == owner]:
            del self._coming[op]

    def ended(self, peer: Peer, reason: Failure | None, lane: Lane | None) -> None:
        """The link is down while its lane stands, for whatever that is worth."""
        if (why := taken_along(reason, lane)) is not None:
            self._fell(peer, why)
        self._held.pop(peer, None)

    def lane_gone(self, lane: str, reason: Failure) -> None:
        for peer in [peer for peer in self._held if peer.lane == lane]:
            self._fell(peer, reason)

    def _fell(self, peer: Peer, reason: Failure) -> None:
        for owner, request in self._held.pop(peer, {}).items():
            op = OpId(f"{owner}/returning", next(self._numbers))
            self._coming[op] = request
            self._beside(self._bring_back(op, reason))

    async def _bring_back(self, op: OpId, reason: Failure) -> None:
        request = self._coming.get(op)
        if request is None:
            return  # disconnected, or its owner left, before it was asked for
        try:
            await self._ask(op, request, reason)
        except BleError:
            pass  # the operation's own event has told it to everyone
        finally:
            self._coming.pop(op, None)
