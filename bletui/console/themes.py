"""Four ways to draw the same roles. None paints the background: the console looks at home in any terminal, and a
frame carries few colour codes. No meaning hangs on a colour alone: a word, a letter or a sign stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme

from bletui.console.settings import ThemeName
from bletui.console.spans import Role

Palette = Mapping[Role, Style | None]


def _palette(accent: str, ok: str, warn: str, error: str, dim: str) -> Palette:
    return {
        "plain": None,
        "dim": Style.parse(dim),
        "strong": Style.parse("bold"),
        "accent": Style.parse(accent),
        "title": Style.parse(f"bold {accent}"),
        "quiet": Style.parse(dim),
        "signal": Style.parse(accent) if accent.startswith("#") else None,  # sixteen colours: for slow links too
        "rule": Style.parse(dim),
        "ok": Style.parse(ok),
        "warn": Style.parse(warn),
        "error": Style.parse(f"bold {error}"),
        "bug": Style.parse(f"bold reverse {error}"),
        "key": Style.parse(f"bold {accent}"),
        "mark": Style.parse(f"bold reverse {warn}"),
        "cursor": Style.parse("reverse"),
        "cursor-away": Style.parse("underline"),
    }


# Okabe and Ito's set for the colour-blind: sky blue, bluish green, orange, vermilion. The default's colours have
# enough contrast on black and on white.
PALETTES: Mapping[ThemeName, Palette] = {
    "bletui": _palette("#3d9be9", "#4caf6d", "#d9942b", "#e0565b", "#8a8f98"),
    "ansi": _palette("cyan", "green", "yellow", "red", "dim"),
    "colour-blind": _palette("#56b4e9", "#009e73", "#e69f00", "#d55e00", "#8a8f98"),
    "mono": _palette("", "", "", "", "dim"),
}


def themes() -> list[Theme]:
    """The same for Textual's own widgets, under the same names."""
    return [_theme(name, palette) for name, palette in PALETTES.items()]


def _theme(name: ThemeName, palette: Palette) -> Theme:
    def colour(role: Role) -> str:
        style = palette[role]
        if style is None or style.color is None:
            return "ansi_default"
        return f"ansi_{style.color.name}" if style.color.triplet is None else style.color.name

    plain = "ansi_default"
    accent = colour("accent")
    return Theme(
        name=name,
        ansi=True,
        primary=accent,
        secondary=accent,
        accent=accent,
        success=colour("ok"),
        warning=colour("warn"),
        error=colour("error"),
        foreground=plain,
        background=plain,
        surface=plain,
        panel=plain,
        boost=plain,
        variables={
            "border": accent,
            "border-blurred": plain,
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_white",
            "input-cursor-foreground": "ansi_black",
            "input-cursor-background": "ansi_white",
            "input-selection-foreground": "ansi_black",
            "input-selection-background": "ansi_white",
            "scrollbar": "ansi_white",
            "scrollbar-background": plain,
            "screen-selection-foreground": "ansi_black",
            "screen-selection-background": "ansi_white",
        },
    )
