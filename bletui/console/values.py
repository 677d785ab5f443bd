"""The values of every radio while any mode is in sight: what strikes is told, and changed structs are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bletui.config.structs import beside
from bletui.console.alerts import Alerts
from bletui.console.own_structs import OwnStructs

if TYPE_CHECKING:
    from bletui.console.app import Console
    from bletui.session import Session


class Values:
    def __init__(self, app: Console) -> None:
        self.alerts = Alerts()
        self.left = "scan"  # the mode that the list of alerts goes back to
        self._app = app
        source = app.settings.source
        self._structs = OwnStructs(app, beside(source.path)) if source is not None else None

    def look(self, session: Session) -> None:
        """At every beat: rings for alerts that began, and marks them in the log."""
        now = self._app.clock.monotonic()
        if self._structs is not None:
            self._structs.look(now)
        struck = self.alerts.look(session, now)
        for one in struck:
            session.mark(f"ALERT {one.why}")
        if struck and self.alerts.rings(now):
            self._app.bell()
