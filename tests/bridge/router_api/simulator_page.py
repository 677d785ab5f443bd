"""The page on the router simulator, and its session."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

PAGE = (Path(__file__).parents[3] / "docs/router-simulator.md").read_text("utf-8")


def session() -> Iterator[tuple[list[str], str]]:
    """Each command of the page's session, and what it prints."""
    block = re.search(r"```\n(\$ curl.*?)```", PAGE, re.DOTALL)
    assert block
    for entry in block[1].strip().split("\n\n"):
        command, _, output = entry.partition("\n")
        yield shlex.split(command.removeprefix("$ ")), output
