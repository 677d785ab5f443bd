"""What a person sees: `run` opens the console on one or more targets. Textual is imported inside it, never before."""

from __future__ import annotations

from collections.abc import Sequence

from bletui.console.settings import Settings
from bletui.target import Target

__all__ = ["Settings", "run"]


def run(targets: Sequence[Target], settings: Settings | None = None) -> int:
    """Shows the console until it is left; the process's exit code. No target: the local adapter, or what it lacks.

    2: this is no terminal to draw on (said on stderr, with the headless command); 70: a bug in bletui, with a report;
    128+n: ended by signal n.
    """
    from bletui.console.launch import launch

    return launch(targets, settings or Settings())
