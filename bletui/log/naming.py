"""A person's own names beside the addresses of a line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bletui.text import visible

_ADDRESS = re.compile(r"\b[0-9A-F]{2}(?::[0-9A-F]{2}){5}\b")


def with_names(text: str, names: Mapping[str, str]) -> str:
    """`link Door 4 A4:C1:38:0B:7F:2A up`; `names`: own ones, by address."""
    if not names:
        return text
    return _ADDRESS.sub(lambda at: f"{visible(names[at[0]])} {at[0]}" if at[0] in names else at[0], text)
