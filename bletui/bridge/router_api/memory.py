"""`/cassia/memory`: what an M2000 tells of its memory, as far as a computer has the same."""

from __future__ import annotations

import os
from collections.abc import Mapping


def memory() -> Mapping[str, int]:
    """Bytes free, where the operating system tells them; `free-internel` and `free-spiram` are a microcontroller's."""
    told = getattr(os, "sysconf_names", {})  # not on Windows, and without these on macOS
    if "SC_AVPHYS_PAGES" not in told or "SC_PAGE_SIZE" not in told:
        return {}
    return {"free-memory": os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")}
