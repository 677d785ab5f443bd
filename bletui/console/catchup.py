"""What of a session's log a reader has not seen yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bletui.log import Entry
    from bletui.session import Session


class CatchUp:
    """Starts anew with another session. What the bounded log has lost meanwhile is gone."""

    def __init__(self) -> None:
        self._whose: Session | None = None
        self._seen = 0

    def fresh(self, session: Session | None) -> list[Entry]:
        """The entries since the last call, in order."""
        if session is None:
            return []
        since = self._seen if self._whose is session else 0
        self._whose, self._seen = session, session.log.end
        return session.log.since(since)
