"""The `seqNum` of a notification stream: what a client sees the gap by, where it read too slowly."""

from __future__ import annotations

from collections import Counter

from bletui.bridge.router_api.teller import Happening
from bletui.model import LinkChanged, Notification


class Numbering:
    """`sequence` 0: no numbers; 1: one count for the stream; 2: one for each device, its radio's where that counts."""

    def __init__(self, sequence: int) -> None:
        self._sequence = sequence
        self._told: Counter[str] = Counter()

    def next(self, told: Notification) -> int | None:
        if self._sequence == 0:
            return None
        if self._sequence == 2 and told.seq is not None:
            return told.seq
        of = told.peer.address if self._sequence == 2 else ""
        self._told[of] += 1
        return self._told[of]

    def notice(self, happened: Happening) -> None:
        """The next link of a device that has gone counts anew."""
        if isinstance(happened, LinkChanged) and happened.state == "down":
            self._told.pop(happened.peer.address, None)
