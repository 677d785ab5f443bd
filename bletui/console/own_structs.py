"""The person's own structs in a console that runs: read again when their file changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bletui.config.structs import StructsFile
from bletui.console.notices import Notice
from bletui.decode.lenses import adopted
from bletui.text import visible

if TYPE_CHECKING:
    from bletui.console.app import Console

SAID = 6.0  # seconds for which it is said that all is well
REFUSED, TAKEN = "structs refused", "structs taken"


class OwnStructs:
    def __init__(self, app: Console, path: Path) -> None:
        self._app = app
        self._file = StructsFile(path)
        self._tell_refused()

    def look(self, now: float) -> None:
        """At every beat; `now`: monotonic seconds."""
        if not self._file.look(now):
            return
        self._app.configured.notices.withdraw(lambda id_: id_ in (REFUSED, TAKEN))
        if not self._tell_refused():
            count = len(adopted().named)
            words = f"{self._file.path.name} was read again: {count} struct{'s' * (count != 1)}"
            self._app.configured.notices.put(Notice(TAKEN, words, "ok", now + SAID))

    def _tell_refused(self) -> bool:
        wrong, path = self._file.failure, self._file.path
        if wrong is not None:
            why = visible(wrong.detail).replace(str(path), path.name)
            self._app.configured.notices.put(Notice(REFUSED, f"{why}; what was in force before stays", "error"))
        return wrong is not None
