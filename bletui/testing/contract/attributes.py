"""Promises about attributes: trees, values, notifications, and what a backend does not do."""

from __future__ import annotations

import asyncio
import re

from bletui.failure import ErrorKind, Failure
from bletui.model import GattTree, Notification, Peer, Properties
from bletui.testing.contract.failing import failure_of, outcome_of
from bletui.testing.contract.subject import Subject, bench

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def trees_have_their_form(subject: Subject) -> None:
    """Trees come in the order of handles, with 128-bit lower-case UUIDs and value handles."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = await b.connected()
        tree = await b.backend.discover(peer, refresh=False, within=subject.patience)
        assert tree.peer == peer
        handles = _handles(tree)
        assert handles == sorted(handles), f"handles out of order: {handles}"
        uuids = [service.uuid for service in tree.services]
        uuids += [each.uuid for service in tree.services for each in service.characteristics]
        wrong = [uuid for uuid in uuids if not UUID.fullmatch(uuid)]
        assert not wrong, f"not 128-bit lower case: {wrong[:3]}"
        assert await b.backend.discover(peer, refresh=True, within=subject.patience) == tree


async def the_tree_tells_what_can_be_done(subject: Subject) -> None:
    """Handles that can be read, written or subscribed to are in the tree, with properties that say so."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        tree = await b.backend.discover(await b.connected(), refresh=False, within=subject.patience)
        properties = {each.handle: each.properties for service in tree.services for each in service.characteristics}
        for handle, one_of in (
            (subject.readable, Properties.READ),
            (subject.writable, Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE),
            (subject.notifying, Properties.NOTIFY | Properties.INDICATE),
        ):
            if handle is not None:
                assert properties.get(handle, Properties(0)) & one_of, f"handle 0x{handle:04x} lacks {one_of!r}"


async def reading(subject: Subject) -> None:
    """read() returns the whole value; a handle that is not there is a failure of its own kind."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = await b.connected()
        assert subject.readable is not None
        value = await b.backend.read(peer, subject.readable, within=subject.patience)
        assert isinstance(value, bytes)
        assert len(value) <= 512
        missing = await failure_of(
            b.backend.read(peer, subject.no_such_handle, within=subject.patience), subject.patience
        )
        assert missing.kind in (ErrorKind.GATT_NOT_FOUND, ErrorKind.REQUEST_INVALID), missing.kind.value


async def what_is_written_is_read_back(subject: Subject) -> None:
    """write() writes the whole value."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = await b.connected()
        assert subject.writable is not None
        for value in (b"\x01", b"\x02\x03"):
            await b.backend.write(peer, subject.writable, value, response=True, within=subject.patience)
            assert await b.backend.read(peer, subject.writable, within=subject.patience) == value


async def notifications_come_and_stop(subject: Subject) -> None:
    """After subscribe() notifications come, named by link and value handle; after `off` no more."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = await b.connected()
        assert subject.notifying is not None
        assert not b.of(Notification), "a notification before anyone subscribed"
        await b.backend.subscribe(peer, subject.notifying, mode="notify", within=subject.patience)
        await b.until(lambda: b.of(Notification), "notification")
        assert {(n.peer, n.handle) for n in b.of(Notification)} == {(peer, subject.notifying)}
        await b.backend.subscribe(peer, subject.notifying, mode="off", within=subject.patience)
        told = len(b.of(Notification))
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert len(b.of(Notification)) == told, "notifications after `off` had returned"


async def without_a_link(subject: Subject) -> None:
    """Calls on a device that is not connected fail as link.not-connected."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        peer = Peer(next(iter(b.lanes())), subject.device or subject.absent)
        reading = b.backend.read(peer, subject.readable or 1, within=subject.patience)
        failure = await failure_of(reading, subject.patience)
        assert failure.kind is ErrorKind.LINK_NOT_CONNECTED, f"read: {failure.kind.value}"
        discovering = b.backend.discover(peer, refresh=False, within=subject.patience)
        failure = await failure_of(discovering, subject.patience)
        assert failure.kind is ErrorKind.LINK_NOT_CONNECTED, f"discover: {failure.kind.value}"


async def what_is_not_done_says_so(subject: Subject) -> None:
    """Optional calls work or fail as op.unsupported, and then the lane names them in `cannot`."""
    async with bench(subject) as b:
        await b.until(b.lanes, "LaneChanged")
        bonds = await outcome_of(b.backend.bonds())
        if isinstance(bonds, Failure):
            assert bonds.kind is ErrorKind.OP_UNSUPPORTED, bonds.kind.value
            lacking = [lane.id for lane in b.lanes().values() if "bonds" not in lane.cannot]
            assert not lacking, f"lanes that do not say that they can't list bonds: {lacking}"
        else:
            assert isinstance(bonds, tuple)


def _handles(tree: GattTree) -> list[int]:
    handles = []
    for service in tree.services:
        handles.append(service.handle)
        for characteristic in service.characteristics:
            handles.append(characteristic.handle)
            handles += [each.handle for each in characteristic.descriptors if each.handle != characteristic.handle]
    return handles


CHECKS = {
    trees_have_their_form: ("device",),
    the_tree_tells_what_can_be_done: ("device",),
    reading: ("device", "readable"),
    what_is_written_is_read_back: ("device", "writable"),
    notifications_come_and_stop: ("device", "notifying"),
    without_a_link: ("device",),
    what_is_not_done_says_so: (),
}
