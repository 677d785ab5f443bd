"""What is known of each kind: one file for a few groups, read when one of its kinds is asked for."""

from __future__ import annotations

from importlib import import_module

from bletui.errors.rules import Guide
from bletui.kinds import ErrorKind

_FILES = {
    "adapter": "adapters",
    "busy": "adapters",
    "link": "links",
    "gatt": "attributes",
    "security": "pairing",
    "net": "network",
    "tls": "secure",
    "auth": "routers",
    "access": "routers",
    "router": "routers",
    "device": "devices",
    "provision": "devices",
    "data": "devices",
    "request": "calls",
    "op": "calls",
    "internal": "calls",
    "other": "calls",
}


def guide(kind: ErrorKind) -> Guide:
    """The guide of one kind."""
    entries: tuple[Guide, ...] = import_module(f"{__name__}.{_FILES[kind.group]}").GUIDES
    return next(one for one in entries if one.kind is kind)
