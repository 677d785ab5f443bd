"""What was asked for, has failed, and has not worked since; repeats in one group each, with their count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from bletui.connections import verb
from bletui.failure import Failure
from bletui.kinds import ErrorKind
from bletui.log.entries import Entry
from bletui.model import LinkChanged, Operation, OperationChanged, OpId, SubscriptionChanged

GROUPS_MAX = 200
HANDLES_MAX = 512  # attributes of one group that are told apart
OPEN_MAX = 1024  # operations of which the last attempt that failed is remembered; devices of which what worked is
AFTER_MAX = 5.0  # seconds within which what worked may be why the link ended
LINK = "link"


class What(NamedTuple):
    """What fails alike: a verb (or `link`: it was lost) at a device, with one kind of failure."""

    radio: str
    verb: str
    address: str
    kind: ErrorKind


@dataclass(frozen=True, slots=True)
class Group:
    """`failure` is the newest of `count`, `first_at` and `last_at` are wall times. `handles`: of what still fails;
    None in it stands for what has no handle. `operation`: the newest that failed so; None: nothing was asked for.
    `after`: of a link that was lost, what had just worked there, in words."""

    what: What
    failure: Failure
    count: int
    first_at: float
    last_at: float
    handles: frozenset[int | None]
    operation: Operation | None = None
    after: str = ""


def repeats(group: Group, now: float) -> str:
    """`5 times in 40 s, last 3 s ago, 4 attributes`; `now` is wall time."""
    attributes = f", {len(group.handles)} attributes" if len(group.handles) > 1 else ""
    last = f"{_ago(now - group.last_at)} ago"
    if group.count == 1:
        return f"{group.after}, {last}" if group.after else last
    return f"{group.count} times in {_ago(group.last_at - group.first_at)}, last {last}{attributes}"


def times_words(group: Group, now: float) -> str:
    """The same in a few cells: `5x, 3 s ago`."""
    return (f"{group.count}x, " if group.count > 1 else "") + f"{_ago(now - group.last_at)} ago"


def _ago(seconds: float) -> str:
    if seconds < 100:
        return f"{max(0.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.0f} h"


class Failing:
    """A group goes when each thing in it has worked, was cancelled, or was put away. Bounded: the group in which
    nothing has failed for longest is forgotten first, and counted."""

    def __init__(self) -> None:
        self.forgotten = 0
        self._groups: dict[What, Group] = {}
        self._attempts: dict[tuple[str, OpId], int] = {}
        self._worked_last: dict[tuple[str, str], tuple[float, str]] = {}  # by radio and address

    def note(self, entry: Entry) -> None:
        """Takes in what happened, in order; each attempt that failed counts once."""
        match entry.event:
            case OperationChanged(at=at, operation=operation):
                self._operation(entry.radio, at, operation)
            case LinkChanged(at=at, peer=peer, state="down", reason=Failure() as reason, foreign=foreign):
                if not foreign:
                    after = self._after(entry.radio, peer.address, at)
                    self._add(What(entry.radio, LINK, peer.address, reason.kind), at, reason, None, after=after)
            case LinkChanged(peer=peer, state="up"):
                self._worked(entry.radio, LINK, peer.address, None)
            case SubscriptionChanged(at=at, peer=peer, handle=handle, lost=Failure() as lost):
                self._add(What(entry.radio, "subscribe", peer.address, lost.kind), at, lost, handle)
            case SubscriptionChanged(peer=peer, handle=handle):
                self._worked(entry.radio, "subscribe", peer.address, handle)
            case _:
                pass

    def now(self) -> list[Group]:
        """The newest first."""
        return list(reversed(self._groups.values()))

    def of(self, address: str) -> list[Group]:
        """Of one device, the newest first."""
        return [group for group in self.now() if group.what.address == address]

    def forget(self, radio: str) -> None:
        """What failed at a radio that is closed."""
        self._groups = {what: group for what, group in self._groups.items() if what.radio != radio}
        self._attempts = {key: attempt for key, attempt in self._attempts.items() if key[0] != radio}
        self._worked_last = {key: last for key, last in self._worked_last.items() if key[0] != radio}

    def put_away(self, what: What) -> None:
        """Until it fails once more."""
        self._groups.pop(what, None)

    def _operation(self, radio: str, at: float, operation: Operation) -> None:
        request, key = operation.request, (radio, operation.id)
        name, handle = verb(request), getattr(request, "handle", None)
        failure = operation.failure
        if operation.state in ("failed", "retrying") and failure is not None:
            if self._is_new(key, operation):
                self._add(What(radio, name, request.address, failure.kind), at, failure, handle, operation)
        elif operation.state in ("done", "cancelled"):
            self._worked(radio, name, request.address, handle)
        if operation.state == "done":
            self._worked_last.pop((radio, request.address), None)
            self._worked_last[radio, request.address] = at, name if handle is None else f"{name} 0x{handle:04X}"
            if len(self._worked_last) > OPEN_MAX:
                del self._worked_last[next(iter(self._worked_last))]
        if operation.ended:
            self._attempts.pop(key, None)

    def _is_new(self, key: tuple[str, OpId], operation: Operation) -> bool:
        """Not an attempt that was counted already: what retries fails once more at its deadline."""
        if operation.attempt and self._attempts.get(key, 0) >= operation.attempt:
            return False
        self._attempts[key] = operation.attempt
        if len(self._attempts) > OPEN_MAX:
            del self._attempts[next(iter(self._attempts))]
        return True

    def _after(self, radio: str, address: str, at: float) -> str:
        """What worked there within the last seconds; "" for nothing."""
        worked_at, what = self._worked_last.get((radio, address), (0.0, ""))
        return f"{max(0.0, at - worked_at):.1f} s after {what}" if at - worked_at <= AFTER_MAX else ""

    def _add(
        self,
        what: What,
        at: float,
        failure: Failure,
        handle: int | None,
        operation: Operation | None = None,
        *,
        after: str = "",
    ) -> None:
        if failure.retry_class == "none" or failure.kind is ErrorKind.OP_CANCELLED:
            return  # as it was wished
        before = self._groups.pop(what, None)
        group = Group(what, failure, 1, at, at, frozenset((handle,)), operation, after)
        if before is not None:
            handles = before.handles | group.handles if len(before.handles) < HANDLES_MAX else before.handles
            group = replace(group, count=before.count + 1, first_at=before.first_at, handles=handles)
        self._groups[what] = group  # the newest stands last
        if len(self._groups) > GROUPS_MAX:
            del self._groups[next(iter(self._groups))]
            self.forgotten += 1

    def _worked(self, radio: str, name: str, address: str, handle: int | None) -> None:
        for what in list(self._alike(radio, name, address)):
            group = self._groups[what]
            if rest := group.handles - {handle}:
                self._groups[what] = replace(group, handles=rest)
            else:
                del self._groups[what]

    def _alike(self, radio: str, name: str, address: str) -> Iterator[What]:
        return (what for what in self._groups if what[:3] == (radio, name, address))
