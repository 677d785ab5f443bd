"""Cassia Bluetooth routers over HTTP and server-sent events: `cassia://HOST`, `cassia+https://KEY@HOST`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bletui.backend import Backend, Env

if TYPE_CHECKING:
    from bletui.target import Target


def open_target(target: Target, env: Env) -> Backend:
    """The backend for one router, not opened. `request.invalid`: the target says something that can't be."""
    from bletui.backends.cassia.options import options

    found = options(target)
    from bletui.backends.cassia.client import (
        CassiaBackend,  # brings the HTTP client, which costs more than all the rest
    )

    return CassiaBackend(found, env)
