"""The samples of a metrics page."""

from __future__ import annotations

import re

LINE = re.compile(r'bletui_[a-z_]+(\{[a-z]+="[^"\\\n]*"\})? \d+')


def values(page: str) -> dict[str, int]:
    """Every sample; each line is one, or a HELP or TYPE comment of it."""
    found: dict[str, int] = {}
    for line in page.splitlines():
        if not line.startswith("#"):
            assert LINE.fullmatch(line), line
            name, _, value = line.rpartition(" ")
            found[name] = int(value)
    return found
