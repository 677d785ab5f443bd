"""The Bluetooth adapter of this machine: `local:`, `local:hci1`, `local:00:1A:7D:DA:71:13`, `local:?scan=passive`."""

from __future__ import annotations

import sys

from bletui.backend import Backend, Env
from bletui.target import Target


def open_target(target: Target, env: Env) -> Backend:
    """The backend for this operating system; `request.invalid` for a target that no adapter can have."""
    from bletui.backends.local.options import options

    wanted = options(target)
    if sys.platform == "linux":
        from bletui.backends.local.linux import LinuxBackend

        return LinuxBackend(wanted, env)
    from bletui.backends.local.desktop import DesktopBackend
    from bletui.backends.local.systems import system

    return DesktopBackend(wanted, env, system(sys.platform))
