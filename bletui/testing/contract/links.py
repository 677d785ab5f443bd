"""Promises about links: one event for each beginning and end, limits kept, cancelling undone."""

from __future__ import annotations

import asyncio

from bletui.failure import ErrorKind
from bletui.model import Peer
from bletui.testing.contract.failing import EXCUSE, failure_of
from bletui.testing.contract.subject import Subject, bench

SHORT = 0.5  # seconds: a limit that nobody can keep for a device that is not there
NOBODY_THERE = frozenset(
    {
        ErrorKind.LINK_NOT_SEEN,
        ErrorKind.LINK_CONNECT_TIMEOUT,
        ErrorKind.LINK_CONNECT_FAILED,
        ErrorKind.DEVICE_OFFLINE,
    }
)


async def connecting_is_told_once(subject: Subject) -> None:
    """connect() returns the link's name after exactly one LinkChanged(up) for it."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = await b.connected()
        assert peer.address == subject.device, f"{peer} is no name for a link to {subject.device}"
        assert peer.lane in b.lanes(), f"{peer.lane} is no lane that was told"
        ups = b.links("up", subject.device)
        assert len({(up.mtu, up.phy, up.bonded, up.identity) for up in ups}) == len(ups) >= 1, (
            f"{len(ups)} LinkChanged(up) before connect() returned"
        )
        assert all(up.foreign is None for up in ups), "`foreign` is the radio's to fill in"


async def disconnecting_is_told_once(subject: Subject) -> None:
    """disconnect() ends the link with exactly one LinkChanged(down); ending nothing is success and tells nothing."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = await b.connected()
        await b.backend.disconnect(peer, within=subject.patience)
        await b.until(lambda: b.links("down", peer.address), "LinkChanged(down)")
        await b.backend.disconnect(peer, within=subject.patience)
        await b.backend.disconnect(Peer(peer.lane, subject.absent), within=subject.patience)
        assert len(b.links("down")) == 1, f"{len(b.links('down'))} LinkChanged(down) for one link"


async def a_link_can_come_again(subject: Subject) -> None:
    """After a disconnect the same device can be connected again."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = await b.connected()
        await b.backend.disconnect(peer, within=subject.patience)
        await b.until(lambda: b.links("down", peer.address), "LinkChanged(down)")
        ups = len(b.links("up", peer.address))
        await b.connected()
        assert len(b.links("up", peer.address)) > ups, "no LinkChanged(up) for the second link"


async def nobody_there(subject: Subject) -> None:
    """A connect to an address that nobody has ends in its limit, as a link failure, and no link is told."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        lane = await b.lane()
        call = b.backend.connect(subject.absent, lane=lane, address_type="random", pair=False, within=SHORT)
        failure = await failure_of(call, SHORT)
        assert failure.kind in NOBODY_THERE, f"{failure.kind.value} for a device that is not there"
        assert not b.links("up", subject.absent)


async def a_cancelled_connect_is_undone(subject: Subject) -> None:
    """A connect that is cancelled ends within two seconds; a link that came up all the same is told down again."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(b.connected())
            await asyncio.sleep(0)
            connecting.cancel()
            done, _ = await asyncio.wait([connecting], timeout=EXCUSE)
            assert done, "a cancelled connect() had not ended after 2 s"
        address = subject.device
        ups, downs = len(b.links("up", address)), len(b.links("down", address))
        if ups > downs:
            await b.until(lambda: len(b.links("down", address)) == ups, "LinkChanged(down) for the cancelled link")
        peer = await b.connected()
        assert peer.address == subject.device


CHECKS = {
    connecting_is_told_once: ("device",),
    disconnecting_is_told_once: ("device",),
    a_link_can_come_again: ("device",),
    nobody_there: ("device",),
    a_cancelled_connect_is_undone: ("device",),
}
