"""A bridge on a real socket in this process, over whatever radios a test has."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bletui.bridge import tcp
from bletui.bridge.access import Group
from bletui.bridge.credentials import Tokens
from bletui.bridge.dialling import once
from bletui.bridge.listening import Listening
from bletui.bridge.places import Place
from bletui.bridge.protocol import messages as m
from bletui.bridge.remote import RemoteRadio
from bletui.bridge.server import Bridge
from bletui.bridge.sockets import listening
from bletui.radio import Radio


@asynccontextmanager
async def bridge(
    *radios: Radio, path: Path | None = None, group: Group | None = None, **settings: Any
) -> AsyncIterator[tuple[Bridge, Path]]:
    """The bridge, and its socket. A folder of its own: a socket's path may have about a hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder, ExitStack() as held:
        where = path or Path(folder) / "bridge.sock"
        place = Listening(held.enter_context(listening(where, group)), str(where), group=group, held=held)
        async with served(radios, place, settings) as made:
            yield made, where


@asynccontextmanager
async def on_tcp(*radios: Radio, **settings: Any) -> AsyncIterator[tuple[Bridge, RemoteRadio]]:
    """The bridge on loopback, and a radio that comes in there by an operator's token."""
    with tempfile.TemporaryDirectory(prefix="bletui-") as folder, tcp.bound("127.0.0.1:0", tls=False) as socket:
        tokens = Tokens(Path(folder) / "tokens")
        at = Place(host="127.0.0.1", port=socket.getsockname()[1], token=tokens.add("laptop", "operator", 1.0))
        async with served(radios, Listening(socket, "tcp", tokens), settings) as made:
            yield made, RemoteRadio(at, "bridge")


@asynccontextmanager
async def served(radios: Sequence[Radio], place: Listening, settings: dict[str, Any]) -> AsyncIterator[Bridge]:
    made = Bridge(radios, **{"scans": False, **settings})
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(made.run([place], ready))
        await ready.wait()
        try:
            yield made
        finally:
            made.stopped.set()
            await asyncio.wait([running])


def remote(socket: Path, **more: Any) -> RemoteRadio:
    return RemoteRadio(Place(socket=socket, **more), "bridge")


async def seats(socket: Path) -> dict[str, m.SeatTaken]:
    """What `bridge clients` is told."""
    found = await once(Place(socket=socket), "asks", m.ListSeats(), "test")
    assert isinstance(found, m.Seats)
    return {seat.owner: seat for seat in found.seats if seat.owner != "asks"}
