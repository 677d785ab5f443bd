"""What macOS and Windows share with Linux of a link, over bleak on the private bus."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bletui.backends.local.desktop import DesktopBackend
from bletui.backends.local.options import Options
from bletui.backends.local.systems import system
from bletui.failure import ErrorKind
from bletui.model import Notification, Peer, ScanRequest
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import LONG, MAIN, NOTIFY
from tests.backends.local.linked import down, states
from tests.backends.local.told import ENV, Told
from tests.failing import failure_of

LANE = "local/adapter"


@asynccontextmanager
async def desktop(*, scanning: bool) -> AsyncIterator[tuple[DesktopBackend, Told]]:
    backend, told = DesktopBackend(Options(), ENV, system("win32")), Told()
    await backend.open(told)
    try:
        if scanning:
            backend.scan(ScanRequest())
            await told.stream("live", LANE)
            await told.adverts(30)
        yield backend, told
    finally:
        await backend.aclose()


async def connected(backend: DesktopBackend) -> Peer:
    return await backend.connect(MAIN.address, lane=LANE, address_type=None, pair=False, within=5)


async def test_a_link_from_up_to_down(desk: FakeBluez) -> None:
    async with desktop(scanning=True) as (backend, told):
        peer = await connected(backend)
        tree = await backend.discover(peer, refresh=False, within=5)
        assert tree.handles_made_up
        handles = {each.uuid: each.handle for service in tree.services for each in service.characteristics}
        assert await backend.read(peer, handles[LONG], within=5) == bytes(number & 255 for number in range(512))
        await backend.subscribe(peer, handles[NOTIFY], mode="notify", within=5)
        desk.peers[MAIN.address].notify(desk.peers[MAIN.address].handle(NOTIFY), b"n1")
        await told.until(lambda: bool(told.of(Notification)))
        await backend.disconnect(peer, within=5)
        assert (await down(told, peer)).kind is ErrorKind.OP_CANCELLED
        assert states(told, MAIN.address) == ["up", "down"]


async def test_a_drop_is_told_with_what_is_known_of_it(desk: FakeBluez) -> None:
    async with desktop(scanning=False) as (backend, told):
        peer = await connected(backend)  # bleak looks for it itself
        desk.peers[MAIN.address].drop()
        assert (await down(told, peer)).kind is ErrorKind.LINK_LOST
        assert (await failure_of(backend.read(peer, 1, within=1))).kind is ErrorKind.LINK_NOT_CONNECTED


async def test_what_the_systems_have_no_call_for(desk: FakeBluez) -> None:
    async with desktop(scanning=False) as (backend, _):
        peer = Peer(LANE, MAIN.address)
        for call in (backend.pair(peer, within=1), backend.unpair(peer, within=1), backend.bonds()):
            assert (await failure_of(call)).kind is ErrorKind.OP_UNSUPPORTED
