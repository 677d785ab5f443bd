"""How often one device is published: pure, fed with what was heard and the time, in seconds of any one clock."""

from __future__ import annotations

DEVICES_MAX = 65_536  # what the longest unpublished one meant is forgotten first: it is then published once more


class Pacing:
    """At most one message in `every` seconds on a device that says the same, in `change` seconds on one that does not.

    A change that comes too early is not lost: `due` gives it when its time has come.
    """

    def __init__(self, every: float, change: float) -> None:
        self._every = every
        self._change = min(change, every)
        self._told: dict[str, tuple[float, object]] = {}  # the longest unpublished first
        self._waiting: dict[str, tuple[float, object]] = {}

    def take(self, address: str, meaning: object, now: float) -> bool:
        """Whether it is to be published now."""
        told = self._told.get(address)
        if told is None:
            self._tell(address, meaning, now)
            return True
        at, before = told
        if now - at >= (self._every if meaning == before else self._change):
            self._tell(address, meaning, now)
            return True
        if meaning != before:
            self._waiting[address] = at + self._change, meaning
        else:
            self._waiting.pop(address, None)  # it is again as it was published
        return False

    def due(self, now: float) -> list[str]:
        """Devices whose change has waited long enough: to be published now."""
        ready = [(address, meaning) for address, (at, meaning) in self._waiting.items() if at <= now]
        for address, meaning in ready:
            self._tell(address, meaning, now)
        return [address for address, _ in ready]

    def _tell(self, address: str, meaning: object, now: float) -> None:
        self._waiting.pop(address, None)
        self._told.pop(address, None)
        self._told[address] = now, meaning
        if len(self._told) > DEVICES_MAX:
            gone = next(iter(self._told))
            del self._told[gone]
            self._waiting.pop(gone, None)
