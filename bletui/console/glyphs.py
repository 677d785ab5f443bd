"""The few signs that are not letters, with their plain twins for terminals that take ASCII only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """`levels` go from weak to strong; `unknown` stands where this radio can't tell."""

    levels: str = "▁▂▃▄▅▆▇█"
    dash: str = "─"
    ellipsis: str = "…"
    unknown: str = "·"
    cursor: str = ">"
    up: str = "▲"
    down: str = "▼"
    separator: str = " · "
    column: str = "│"
    malformed: str = "!"
    pinned: str = "◆"


UNICODE = Glyphs()
ASCII = Glyphs(
    levels=".:-=+*%#", dash="-", ellipsis="~", unknown=".", up="^", down="v", separator=" - ", column="|", pinned="*"
)  # fmt: skip
