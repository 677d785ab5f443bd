"""What is wrong now and what has not worked since it failed, and how much of it nobody has looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bletui.failure import Failure
from bletui.log.failing import Group

if TYPE_CHECKING:
    from bletui.session import Joined, Session


class Trouble(NamedTuple):
    """A failure and the name of the radio that it happened at; `group`: the newest of several that were asked for."""

    radio: str
    failure: Failure
    group: Group | None = None

    @property
    def same(self) -> object:
        """What makes two of them the same trouble, whatever their time and attempt."""
        failure = self.failure
        return (
            self.group.what
            if self.group
            else (self.radio, failure.kind, failure.lane, failure.address, failure.operation)
        )


def troubles(session: Session | None) -> list[Trouble]:
    """What is wrong now, radio by radio."""
    radios: Sequence[Joined] = list(session.radios.values()) if session else []
    return [Trouble(joined.name, failure) for joined in radios for failure in joined.problems()]


def not_worked(session: Session | None, address: str | None = None) -> list[Trouble]:
    """What was asked for, of one device or of any, and has failed and not worked since; the newest first."""
    if session is None:
        return []
    groups = session.failing.now() if address is None else session.failing.of(address)
    return [Trouble(group.what.radio, group.failure, group) for group in groups]


class Unseen:
    """Troubles that came since somebody looked. What is over is forgotten: when it comes again, it is new."""

    def __init__(self) -> None:
        self._known: set[object] = set()

    def count(self, session: Session | None) -> int:
        now = {one.same for one in (*troubles(session), *not_worked(session))}
        self._known &= now
        return len(now - self._known)

    def looked(self, session: Session | None) -> None:
        self._known = {one.same for one in (*troubles(session), *not_worked(session))}
