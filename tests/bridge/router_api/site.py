"""A served site: tiny backends behind real radios behind the API on a loopback port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from bletui.bridge.router_api.profiles import Profile
from bletui.bridge.router_api.server import Listen, Listener, bind, serve
from bletui.model import Advertisement, Lane, LaneChanged, Pdu
from bletui.radio import QueuedRadio
from bletui.testing.memory_loop import Door, MemoryLoop
from tests.tiny import TinyBackend
from tests.waiting import until

AT = 1_700_000_000.0
PORT = 8080  # in memory, where none is taken
NAMED = bytes.fromhex("020106030259FE080944667554617267")  # flags, UUID FE59, name DfuTarg


def lane(number: int, radio: str = "r") -> LaneChanged:
    return LaneChanged(AT, Lane(f"{radio}/{number}", name=f"{radio}{number}", chip=number))


def heard(
    raw: bytes | None = NAMED,
    *,
    lane: str = "r/0",
    address: str = "EB:2E:AF:D8:49:DC",
    rssi: int | None = -30,
    pdu: Pdu | None = "ADV_IND",
    at: float = AT,
    name: str | None = None,
) -> Advertisement:
    return Advertisement(at, lane, address, "random", rssi, pdu, raw, name)


class Site(NamedTuple):
    port: int
    backends: tuple[TinyBackend, ...]
    radios: tuple[QueuedRadio, ...]
    serving: asyncio.Task[None]

    @property
    def backend(self) -> TinyBackend:
        return self.backends[0]

    async def scanning(self, wanted: bool = True) -> None:
        """Waits until the first radio scans, or no longer does."""
        await until(lambda: bool(self.backend.wishes) and (self.backend.wishes[-1] is not None) is wanted)


@asynccontextmanager
async def site(
    *backends: TinyBackend,
    listen: Listen | None = None,
    speed: float = 1.0,
    profile: Profile | None = None,
    macs: Sequence[str] | None = None,
) -> AsyncIterator[Site]:
    """Serves `backends` (by default one with two lanes) until the block ends; with `macs`, by an access controller."""
    backends = backends or (TinyBackend(lane(0), lane(1)),)
    radios = tuple(QueuedRadio(backend, f"r{n}" if n else "r") for n, backend in enumerate(backends))
    for radio in radios:
        await radio.open()
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.TaskGroup() as tasks:
            listener = bound(listen or Listen("127.0.0.1", 0))
            serving = tasks.create_task(
                serve(radios, listener, ready=told.set_result, speed=speed, profile=profile, macs=macs)
            )
            async with asyncio.timeout(20):
                port = urlsplit(await told).port
            assert port is not None
            yield Site(port, backends, radios, serving)
            serving.cancel()
    finally:
        for radio in radios:
            await radio.aclose()


def bound(listen: Listen) -> Listener:
    """In memory where the loop's network is there."""
    if isinstance(asyncio.get_running_loop(), MemoryLoop):
        return Listener(listen, _door(0, (listen.host, PORT)), _door)
    return bind(listen)


def _door(family: int, address: tuple[object, ...]) -> socket.socket:
    return cast(socket.socket, Door(str(address[0]), cast(int, address[1])))


def lane_with(number: int, **changes: object) -> LaneChanged:
    changed = lane(number)
    return replace(changed, lane=replace(changed.lane, **changes))  # type: ignore[arg-type] # names of fields
