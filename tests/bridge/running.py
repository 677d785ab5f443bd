"""A bridge on a real Unix socket in this process, over whatever radios a test has."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bletui.bridge.access import Group
from bletui.bridge.listening import Listening
from bletui.bridge.places import Place
from bletui.bridge.remote import RemoteRadio
from bletui.bridge.server import Bridge
from bletui.bridge.sockets import listening
from bletui.radio import Radio


@asynccontextmanager
async def bridge(
    *radios: Radio, path: Path | None = None, group: Group | None = None, **settings: Any
) -> AsyncIterator[tuple[Bridge, Path]]:
    """The bridge, and its socket. A folder of its own: a socket's path may have about a hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder:
        where = path or Path(folder) / "bridge.sock"
        made = Bridge(radios, **{"scans": False, **settings})
        with listening(where, group) as socket:
            ready = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(made.run([Listening(socket, str(where), group=group)], ready))
                await ready.wait()
                try:
                    yield made, where
                finally:
                    made.stopped.set()
                    await asyncio.wait([running])


def remote(socket: Path, **more: Any) -> RemoteRadio:
    return RemoteRadio(Place(socket=socket, **more), "bridge")
