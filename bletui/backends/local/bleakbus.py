"""bleak's own connection to the bus: one per event loop, opened by itself and kept for ever."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any

# What they would print goes to the terminal that the console draws on, and is told by events anyway.
for _name in ("bleak", "dbus_fast"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


GOODBYE = 1.0  # seconds; the end of a socket that we shut down comes with the next turn of the loop


class Losses(logging.Handler):
    """Calls `lost` for each signal that bleak could not digest: dbus-fast writes that to its log and goes on."""

    def __init__(self, lost: Callable[[], None]) -> None:
        super().__init__(logging.ERROR)
        self._lost = lost

    def emit(self, record: logging.LogRecord) -> None:
        self._lost()

    def watch(self) -> None:
        logging.getLogger("dbus_fast").addHandler(self)

    def end(self) -> None:
        logging.getLogger("dbus_fast").removeHandler(self)


async def release() -> None:
    """Closes that connection if nobody uses it; bleak opens another when it needs one.

    BlueZ then also forgets a discovery whose start was cancelled before it answered. The names are private to bleak: a
    version that has others keeps its connection until the loop ends.
    """
    manager = _manager()
    bus = getattr(manager, "_bus", None)
    watcher = getattr(manager, "_bus_watcher_task", None)
    if bus is None or watcher is None or _used(manager):
        return
    bus.disconnect()
    await asyncio.wait({watcher}, timeout=GOODBYE)


def forget(scanner: Any) -> None:
    """Takes a scanner's callbacks out of bleak without a call, since there is no bluetoothd that could be told."""
    manager, backend = _manager(), getattr(scanner, "_backend", None)
    for heard in getattr(manager, "_advertisement_callbacks", {}).values():
        heard[:] = [one for one in heard if getattr(one, "__self__", None) is not backend]
    removed = getattr(manager, "_device_removed_callbacks", [])
    removed[:] = [one for one in removed if getattr(one[0], "__self__", None) is not backend]


async def fence() -> None:
    """Returns when everything that the bus had for bleak before this call has been handed on.

    What a read brought is told to bleak on another connection than the read's answer, and may come after it.
    """
    from dbus_fast import Message

    bus = getattr(_manager(), "_bus", None)
    if bus is not None:
        name = "org.freedesktop.DBus"
        await bus.call(Message(name, "/org/freedesktop/DBus", f"{name}.Peer", "Ping"))


async def reread(client: Any) -> None:
    """Has bleak build a client's attribute table anew from what BlueZ exports now."""
    backend = getattr(client, "_backend", None)
    read_again = getattr(backend, "_get_services", None)
    if backend is not None and read_again is not None:
        backend.services = None
        await read_again()


def cut() -> None:
    """Closes that connection while there are links on it, since bluetoothd is gone: bleak then gives all of them up.

    It would otherwise take them for connected after bluetoothd's return, and no longer connect them.
    """
    bus = getattr(_manager(), "_bus", None)
    if bus is not None:
        bus.disconnect()


def _manager() -> Any:
    """bleak's manager for this loop, or None."""
    module: Any = sys.modules.get("bleak.backends.bluezdbus.manager")
    return getattr(module, "_global_instances", {}).get(asyncio.get_running_loop())


def _used(manager: Any) -> bool:
    scans = getattr(manager, "_advertisement_callbacks", {}).values()
    lock: asyncio.Lock | None = getattr(manager, "_bus_lock", None)
    return any(scans) or bool(getattr(manager, "_device_watchers", ())) or (lock is not None and lock.locked())
