"""The tour: pictures one after the other in one SVG, which browsers animate by its style sheet alone.

Where nothing moves (a reader who wants no motion, a renderer without style animation) its first picture stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain

NAME = "tour"
STAYS = 2.5  # seconds
FRAMES = (
    "scan-80x24",
    "filter-80x24",
    "details-80x24",
    "walk-80x24",
    "connections-80x24",
    "dialogue-passkey-80x24",
    "gatt-80x24",
    "dialogue-write-80x24",
    "log-80x24",
    "card-80x24",
)
_FONTS = re.compile(r"\s*@font-face \{.*?\n    \}", re.DOTALL)
_COMMENT = "    <!-- Generated with Rich https://www.textualize.io -->\n"


def tour(pictures: Mapping[str, str]) -> str:
    """`pictures`: the SVG of each frame by its name, all of one size."""
    shown = [pictures[name] for name in FRAMES]
    heads = {picture.partition("\n")[0] for picture in shown}
    assert len(heads) == 1, f"pictures of different sizes: {heads}"
    fonts = "".join(_FONTS.findall(shown[0]))
    groups = (_group(number, picture) for number, picture in enumerate(shown))
    return "\n".join(chain([*heads, f"    <style>{fonts}\n{_style(len(shown))}    </style>"], groups, ["</svg>", ""]))


def _group(number: int, picture: str) -> str:
    inside = picture.partition("\n")[2].rpartition("</svg>")[0]
    plain = _FONTS.sub("", inside).replace(_COMMENT, "")
    return f'<g class="frame" style="animation-delay: {number * STAYS:g}s">\n{plain}</g>'


def _style(count: int) -> str:
    rules: Sequence[str] = (
        f"@keyframes turn {{ 0% {{ visibility: visible }} {100 / count:g}%, 100% {{ visibility: hidden }} }}",
        f".frame {{ visibility: hidden; animation: turn {count * STAYS:g}s step-end infinite }}",
        ".frame:first-of-type { visibility: visible }",
        "@media (prefers-reduced-motion: reduce) { .frame { animation: none } }",
    )
    return "".join(f"    {rule}\n" for rule in rules)
