"""Hashes that are the same in every process, so that a seed repeats a run: sets of texts have an order too."""

from __future__ import annotations

import os
import sys


def steady() -> None:
    """Starts this command again with hashes that are not random, unless it runs so already."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})
