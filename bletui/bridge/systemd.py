"""What a service manager is told, and the sockets it hands over: sd_notify(3), sd_listen_fds(3). None: nothing is."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping

FIRST_FD = 3


def notify(environ: Mapping[str, str], state: str) -> None:
    """One datagram to `NOTIFY_SOCKET`. A manager that does not listen any more is no failure of ours."""
    where = environ.get("NOTIFY_SOCKET", "")
    if not where.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        try:
            out.connect(where.replace("@", "\0", 1) if where.startswith("@") else where)
            out.sendall(state.encode())
        except OSError:
            return


async def watch(environ: Mapping[str, str], ready: asyncio.Event, status: Callable[[], str]) -> None:
    """Says that the bridge is ready, and then, if the manager watches, that the loop still turns."""
    await ready.wait()
    notify(environ, f"READY=1\nSTATUS={status()}")
    interval = watchdog_seconds(environ)
    while interval is not None:
        await asyncio.sleep(interval / 2)
        notify(environ, f"WATCHDOG=1\nSTATUS={status()}")


def watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    """How often the manager wants to hear from this process; None: never."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal() or environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(microseconds) / 1e6 or None


def handed_over(environ: Mapping[str, str]) -> list[int]:
    """The descriptors of sockets that listen already."""
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = environ.get("LISTEN_FDS", "")
    return list(range(FIRST_FD, FIRST_FD + int(count))) if count.isdecimal() else []
