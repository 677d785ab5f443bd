"""How many bytes a second each device notifies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bletui.bridge.router_api.teller import Happening
from bletui.model import Notification

WINDOW = 5.0  # seconds; a rate is that of the last whole window


class Rates:
    """`now`: seconds, of which `speed` pass for the devices in each."""

    def __init__(self, now: Callable[[], float], speed: float = 1.0) -> None:
        self._now = now
        self._window = WINDOW / speed
        self._begun = now()
        self._growing: dict[str, int] = {}
        self._whole: dict[str, int] = {}

    def notice(self, event: Happening) -> None:
        if isinstance(event, Notification):
            self._turn()
            self._growing[event.peer.address] = self._growing.get(event.peer.address, 0) + len(event.value)

    def now(self) -> Mapping[str, float]:
        """Bytes a second by address; who said nothing in the last window is not in it."""
        self._turn()
        return {address: size / WINDOW for address, size in self._whole.items()}

    def _turn(self) -> None:
        over = int((self._now() - self._begun) // self._window)
        if over:
            self._whole = self._growing if over == 1 else {}
            self._growing = {}
            self._begun += over * self._window
