"""The five modes, one screen each."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from bletui.console.screens.connections import ConnectionsScreen
from bletui.console.screens.gatt import GattScreen
from bletui.console.screens.log import LogScreen
from bletui.console.screens.problems import ProblemsScreen
from bletui.console.screens.scan import ScanScreen

MODES: dict[str, Callable[[], Screen[None]]] = {
    "scan": ScanScreen,
    "connections": ConnectionsScreen,
    "gatt": GattScreen,
    "log": LogScreen,
    "problems": ProblemsScreen,
}
