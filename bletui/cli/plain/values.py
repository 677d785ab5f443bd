"""How values are read in plain mode, and what is watched among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bletui.config.structs import StructsFile
from bletui.decode.attributes import Attribute
from bletui.decode.lenses import Lens, adopt, adopted
from bletui.decode.values.alert import Alarm, Rule, Watch
from bletui.model import Notification, Peer

QUIET = 2.0  # seconds between two bells


class Values:
    """Lenses that were typed go before those of the file, by attribute type; alarms stay with a device, not a link."""

    def __init__(self) -> None:
        self._structs: StructsFile | None = None
        self._wrong = False  # from the start, and not told yet
        self._typed: dict[str, Lens] = {}
        self._of_file = adopted()
        self._alarms: dict[tuple[str, int], tuple[Peer, Attribute, Alarm]] = {}  # by address and handle
        self._before: dict[tuple[str, int], bytes] = {}
        self._struck = False
        self._rung = float("-inf")

    def read(self, path: Path) -> None:
        """The file that the structs are in; it need not be there."""
        self._structs = StructsFile(path)
        self._of_file = adopted()
        self._wrong = self._structs.failure is not None

    def look(self, now: float) -> str:
        """What there is to say of the file: it is wrong, or has changed; `now`: monotonic seconds."""
        if self._structs is None or not (self._structs.look(now) or self._wrong):
            return ""
        self._wrong = False
        if self._structs.failure is not None:
            return f"{self._structs.failure.detail}; what was in force before stays"
        self._of_file = adopted()
        self._adopt()
        count = len(self._of_file.named)
        return f"{self._structs.path.name} was read again: {count} struct{'s' * (count != 1)}"

    def choose(self, uuid: str, lens: Lens | None) -> None:
        """Has values of that type read so; None: as the file or the tables say."""
        self._typed.pop(uuid, None)
        if lens is not None:
            self._typed[uuid] = lens
        self._adopt()

    def _adopt(self) -> None:
        adopt(replace(self._of_file, attributes={**self._of_file.attributes, **self._typed}))

    # -- alerts

    def watch(self, peer: Peer, attribute: Attribute, rule: Rule | None) -> None:
        """None: no longer."""
        place = peer.address, attribute.handle
        self._alarms.pop(place, None)
        self._before.pop(place, None)
        if rule is not None:
            self._alarms[place] = peer, attribute, Alarm(Watch(rule, attribute.uuid))

    def watched(self) -> Iterator[tuple[Peer, Attribute, Alarm]]:
        return iter(self._alarms.values())

    def take(self, event: Notification) -> tuple[Attribute, Alarm] | None:
        """The alert that begins with it."""
        place = event.peer.address, event.handle
        found = self._alarms.get(place)
        if found is None:
            return None
        before = self._before.get(place)
        self._before[place] = event.value
        _, attribute, alarm = found
        begins = alarm.take(before, event.value)
        self._struck = self._struck or begins
        return (attribute, alarm) if begins else None

    def rings(self, now: float) -> bool:
        """Whether the bell is due: a value that jumps to and fro would ring it without end."""
        due = self._struck and now - self._rung >= QUIET
        self._struck = self._struck and not due
        self._rung = now if due else self._rung
        return due
