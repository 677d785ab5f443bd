"""One client of a stream of rare events, and what may be told there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bletui.bridge.router_api.encoding import event
from bletui.bridge.router_api.outbox import Outbox
from bletui.model import Event


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A device of a batch connect that did not come up in its time."""

    address: str
    chip: int

    def event(self) -> bytes:
        return event({"handle": self.address, "chipId": self.chip, "connectionState": "connect timeout"})


Happening = Event | Unanswered


class Teller:
    """One client of a stream of rare events; `encode` gives None for what its stream does not tell."""

    def __init__(self, outbox: Outbox, encode: Callable[[Happening], bytes | None]) -> None:
        self.outbox = outbox
        self._encode = encode

    def offer(self, happened: Happening) -> None:
        line = self._encode(happened)
        if line is not None:
            self.outbox.put(line, 1)

    def close(self) -> None:
        self.outbox.close()
