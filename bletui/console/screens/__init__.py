"""The five modes and the list of alerts, one screen each, imported when they are first shown: the first frame waits for
none of them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from textual.screen import Screen

_SCREENS = {
    "scan": "ScanScreen",
    "connections": "ConnectionsScreen",
    "gatt": "GattScreen",
    "log": "LogScreen",
    "problems": "ProblemsScreen",
    "alerts": "AlertsScreen",
}


def _maker(mode: str, name: str) -> Callable[[], Screen[None]]:
    def make() -> Screen[None]:
        screen: Screen[None] = getattr(import_module(f"{__name__}.{mode}"), name)()
        return screen

    return make


MODES = {mode: _maker(mode, name) for mode, name in _SCREENS.items()}
