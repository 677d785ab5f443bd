"""The devices that GATT can show, side by side in one line, the one in sight in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bletui.console.spans import Line, Role, Span, cell, cell_len, line

NAME_MAX = 18  # cells of a device's name


@dataclass(frozen=True, slots=True)
class Tab:
    name: str  # visible
    open: bool
    foreign: bool = False

    @property
    def words(self) -> str:
        short = cell(self.name, min(NAME_MAX, cell_len(self.name)))
        short = f"{short} (foreign)" if self.foreign else short
        return f"[{short}]" if self.open else f" {short} "


def tabs_line(tabs: Sequence[Tab], size: int) -> Line:
    """As many tabs around the open one as fit, and how many more there are at either side."""
    at = next((n for n, tab in enumerate(tabs) if tab.open), 0)
    first, last = at, at + 1
    room = size - 12 - cell_len(tabs[at].words)
    while True:
        after = last < len(tabs) and cell_len(tabs[last].words) <= room
        before = not after and first > 0 and cell_len(tabs[first - 1].words) <= room
        if not after and not before:
            break
        room -= cell_len(tabs[last if after else first - 1].words)
        first, last = first - before, last + after
    left = Span(f"+{first} " if first else "", "dim")
    right = Span(f" +{len(tabs) - last}" if last < len(tabs) else "", "dim")
    return line(" ", left, *(Span(tab.words, _role(tab)) for tab in tabs[first:last]), right, Span("  tab", "key"))


def _role(tab: Tab) -> Role:
    return "strong" if tab.open else "warn" if tab.foreign else "plain"
