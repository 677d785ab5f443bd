"""Each fault with its recovery, from a radio's events alone: what a viewer at the radio can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bletui.connections import verb
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Event,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    Operation,
    OperationChanged,
    Peer,
    StreamChanged,
    Subscribe,
    SubscriptionChanged,
)

# What a call says when its link or lane is gone: that end has been counted, its echo in a call is none.
ECHOES = (ErrorKind.LINK_LOST, ErrorKind.LINK_CLOSED_REMOTE, ErrorKind.LINK_NOT_CONNECTED, ErrorKind.OP_CANCELLED)
SILENCE = 300.0  # seconds in which an armed value has to notify
RADIO = "radio"  # the owner of what a radio does by itself: it ends links that nobody holds
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """`own` False: it follows from another one, as a link's end from its lane's."""

    at: float
    key: Key
    reason: Failure
    own: bool


@dataclass
class Ledger:
    """Bounded, however long it listens: what is over goes to `tell` as a line, and counts stay."""

    tell: Callable[[str], None]
    open: dict[Key, Trouble] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)  # own ones, by what they hit
    followed: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)  # how each ended
    minutes: set[int] = field(default_factory=set)  # in which an own fault struck
    longest: tuple[float, str] = (0.0, "")
    unproven: dict[Key, float] = field(default_factory=dict)  # armed values that have not notified yet
    proven: int = 0
    lost: int = 0  # subscriptions told lost with a reason
    wrong: list[str] = field(default_factory=list)  # values that stayed silent, links that came back as another's
    _armed: set[Key] = field(default_factory=set)
    _foreign: dict[Peer, float] = field(default_factory=dict)  # since when

    def add(self, event: Event) -> None:
        if isinstance(event, LinkChanged) and (event.state == "down" or event.holders):
            released = ("call", "disconnect", event.peer.address, RADIO)
            self._over(event.at, released, "the link is gone" if event.state == "down" else "somebody wants it again")
        match event:
            case LaneDown(at=at, lane=lane, reason=reason):
                self._strike(at, ("lane", lane), reason)
            case LaneChanged(at=at, lane=lane) if lane.usable is not None:
                self._strike(at, ("lane", lane.id), lane.usable)
            case LaneChanged(at=at, lane=lane):
                self._over(at, ("lane", lane.id), "back")
            case StreamChanged(at=at, lane=where, stream=name, state="broken", failure=Failure() as failure):
                self._strike(at, ("stream", name, where or ""), failure)
                if name == "notify":
                    self.unproven = dict.fromkeys(self._armed, at) | self.unproven
            case StreamChanged(at=at, lane=where, stream=name, state="live" | "off" as state):
                self._over(at, ("stream", name, where or ""), "live again" if state == "live" else "no longer wanted")
            case LinkChanged(at=at, peer=peer, state="up", foreign=True):
                self._foreign[peer] = at
            case LinkChanged(peer=peer, state="down") if peer in self._foreign:
                del self._foreign[peer]  # nobody here wants it back
            case LinkChanged(at=at, peer=peer, state="up"):
                self._foreign.pop(peer, None)
                self._over(at, ("link", peer.address), "connected again")
            case LinkChanged(at=at, peer=peer, state="down", reason=Failure() as failure):
                if not _asked_for(failure):
                    self._strike(at, ("link", peer.address), failure)
            case SubscriptionChanged():
                self._subscription(event)
            case Notification(at=at, peer=peer, handle=handle):
                self._notified(at, ("subscription", peer.address, f"{handle:#x}"))
            case OperationChanged(at=at, operation=operation):
                self._call(at, operation)
            case _:
                pass

    def estranged(self) -> Iterator[str]:
        """Links that were told lost and have come back as somebody else's. The end of one may be late, but comes."""
        for peer, since in self._foreign.items():
            if ("link", peer.address) in self.open:
                yield f"{since:.2f} {peer.address}: a link that was told lost is somebody else's now"

    def before(self, moment: float) -> Iterator[Trouble]:
        """What has been open since before that wall time."""
        return (trouble for trouble in self.open.values() if trouble.at < moment)

    def _subscription(self, event: SubscriptionChanged) -> None:
        key = ("subscription", event.peer.address, f"{event.handle:#x}")
        if not event.owners:
            self._disarmed(event.at, key)
        if event.lost is not None and not _asked_for(event.lost):
            self.lost += 1
            self._strike(event.at, key, event.lost, own=False)
        elif event.owners:
            self._armed.add(key)
            self.unproven.setdefault(key, event.at)

    def _disarmed(self, at: float, key: Key) -> None:
        self._armed.discard(key)
        since = self.unproven.pop(key, at)
        if at - since > SILENCE:
            self.wrong.append(f"{since:.2f} {' '.join(key)}: armed, and silent for {at - since:.0f} s")

    def _notified(self, at: float, key: Key) -> None:
        if self.unproven.pop(key, None) is not None:
            self.proven += 1
            self._over(at, key, "notifies again")

    def _call(self, at: float, operation: Operation) -> None:
        owner = operation.id.owner.partition("/")[0]
        what: Key = ("call", verb(operation.request), operation.request.address, owner)
        if isinstance(operation.request, Subscribe):  # what the radio could not arm again, the owner asks for
            what = (*what[:3], f"{operation.request.handle:#x}")
        if operation.state == "done":
            self._over(at, what, "done" if operation.attempt > 1 else "done when asked again")
        elif operation.state in ("retrying", "failed") and (failure := operation.failure) and _new(failure):
            self._strike(at, what, failure)

    def _strike(self, at: float, key: Key, reason: Failure, *, own: bool | None = None) -> None:
        own = own if own is not None else key[0] == "lane" or not reason.code.startswith("lane:")
        if key in self.open:
            return  # one fault, however often it is told
        self.open[key] = Trouble(at, key, reason, own)
        (self.faults if own else self.followed)[" ".join(key[: 2 if key[0] in ("call", "stream") else 1])] += 1
        if own:
            self.minutes.add(int(at // 60))

    def _over(self, at: float, key: Key, how: str) -> None:
        trouble = self.open.pop(key, None)
        if trouble is None:
            return
        took = at - trouble.at
        self.ends[f"{key[0]}: {how}"] += 1
        line = f"{trouble.at:.2f} {' '.join(key)}: {trouble.reason.kind.value}; {how} after {took:.2f} s"
        self.longest = max(self.longest, (took, line))
        self.tell(line)


def _asked_for(reason: Failure) -> bool:
    """A link that its owner ended."""
    return ("we_disconnected", "yes") in reason.evidence


def _new(failure: Failure) -> bool:
    return failure.kind not in ECHOES and not failure.code.startswith("lane:")
