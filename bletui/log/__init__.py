"""What has happened, kept in order, told in words, and counted."""

from bletui.log.entries import Entry, Log, Mark

__all__ = ["Entry", "Log", "Mark"]
