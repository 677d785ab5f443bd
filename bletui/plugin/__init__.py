"""Backends that other people wrote, held to the port: what breaks in one names it and stays its own."""

from bletui.plugin.blame import BUGS, Blame
from bletui.plugin.guarded import guarded

__all__ = ["BUGS", "Blame", "guarded"]
