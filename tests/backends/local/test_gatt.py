"""Attributes on the private bus: trees, values, notifications, and what is refused where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bletui.failure import ErrorKind
from bletui.model import Notification, Properties
from bletui.testing.fakebluez import FakeBluez, Fault
from bletui.testing.fakebluez.desk import (
    BURST,
    COMMAND,
    CROWDED,
    INDICATE,
    LONG,
    MAIN,
    NOTIFY,
    ORDERS,
    READ,
    REFUSED,
    SILENT,
    UNAUTHORIZED,
    UNREADABLE,
    USER_DESCRIPTION,
    WRITE,
    WRONG_LENGTH,
)
from tests.backends.local.linked import connected, linked
from tests.backends.local.told import opened
from tests.failing import failure_of


async def test_the_tree_has_value_handles_in_order(desk: FakeBluez) -> None:
    async with linked() as link:
        characteristics = [each for service in link.tree.services for each in service.characteristics]
        handles = [each.handle for each in characteristics]
        assert handles == sorted(handles)
        assert link.at(READ) == desk.peers[MAIN.address].handle(READ)
        twins = [each.handle for each in characteristics if each.uuid == READ]
        values = [await link.backend.read(link.peer, handle, within=5) for handle in twins]
        assert values == [b"hello", b"twin a", b"twin b"]
        properties = {each.uuid: each.properties for each in characteristics}
        assert properties[NOTIFY] == Properties.READ | Properties.NOTIFY
        assert not link.tree.handles_made_up


async def test_three_hundred_characteristics(desk: FakeBluez) -> None:
    async with linked(CROWDED.address) as link:
        [service] = link.tree.services
        assert len(service.characteristics) == 300
        last = service.characteristics[-1]
        assert await link.backend.read(link.peer, last.handle, within=5) == bytes([300 & 0xFF])


async def test_values_are_written_and_read_whole(desk: FakeBluez) -> None:
    async with linked() as link:
        for value in (b"", b"x", bytes(512)):
            await link.write(LONG, value)
            assert await link.read(LONG) == value
        await link.write(COMMAND, b"command", response=False)
        assert await link.read(COMMAND) == b"command"


async def test_descriptors_are_read_and_written(desk: FakeBluez) -> None:
    async with linked() as link:
        notifying = next(
            each for service in link.tree.services for each in service.characteristics if each.uuid == NOTIFY
        )
        handle = next(one.handle for one in notifying.descriptors if one.uuid == USER_DESCRIPTION)
        assert await link.backend.read(link.peer, handle, within=5) == b"Notify here"
        await link.backend.write(link.peer, handle, b"changed", response=True, within=5)
        assert await link.backend.read(link.peer, handle, within=5) == b"changed"


async def test_notifications_come_in_order_and_none_is_lost(desk: FakeBluez) -> None:
    async with linked() as link:
        await link.subscribe(BURST)
        await link.write(ORDERS, b"burst 300")
        await link.told.until(lambda: len(link.values(BURST)) == 300)
        assert link.values(BURST) == [number.to_bytes(4, "little") for number in range(300)]


async def test_indications_are_told_as_such(desk: FakeBluez) -> None:
    async with linked() as link:
        await link.subscribe(INDICATE, "indicate")
        await link.write(ORDERS, b"notify")
        await link.told.until(lambda: link.values(INDICATE) == [b"ind"])
        assert link.told.of(Notification)[-1].indication is True


async def test_a_read_is_no_notification(desk: FakeBluez) -> None:
    async with linked() as link:
        await link.subscribe(NOTIFY)
        for _ in range(20):
            assert await link.read(NOTIFY) == b"n0"
        desk.peers[MAIN.address].notify(link.at(NOTIFY), b"n1")
        await link.told.until(lambda: bool(link.values(NOTIFY)))
        assert link.values(NOTIFY) == [b"n1"]


@pytest.mark.parametrize(
    ("uuid", "write", "kind"),
    [
        (UNAUTHORIZED, False, ErrorKind.SECURITY_NOT_AUTHORIZED),
        (REFUSED, False, ErrorKind.DEVICE_COMMAND_FAILED),
        (UNREADABLE, False, ErrorKind.GATT_NOT_PERMITTED),
        (READ, True, ErrorKind.GATT_NOT_PERMITTED),
        (WRONG_LENGTH, True, ErrorKind.GATT_INVALID_VALUE),
    ],
)
async def test_what_a_device_refuses(desk: FakeBluez, uuid: str, write: bool, kind: ErrorKind) -> None:
    async with linked() as link:
        failure = await failure_of(link.write(uuid, b"longer") if write else link.read(uuid))
        assert failure.kind is kind
        assert failure.handle == link.at(uuid)


async def test_what_is_refused_before_the_radio_is_touched(desk: FakeBluez) -> None:
    async with linked() as link:
        desk.calls.clear()
        assert (await failure_of(link.write(WRITE, bytes(513)))).kind is ErrorKind.REQUEST_INVALID
        too_long = await failure_of(link.write(COMMAND, bytes(515), response=False))
        assert too_long.kind is ErrorKind.REQUEST_INVALID
        no_command = await failure_of(link.write(WRITE, b"x", response=False))
        assert no_command.kind is ErrorKind.GATT_NOT_PERMITTED
        assert (await failure_of(link.subscribe(READ))).kind is ErrorKind.GATT_NOT_PERMITTED
        missing = await failure_of(link.backend.read(link.peer, 0xFFF0, within=5))
        assert missing.kind is ErrorKind.GATT_NOT_FOUND
        assert not desk.calls


async def test_a_command_longer_than_the_link_takes(desk: FakeBluez) -> None:
    desk.place(replace(MAIN, mtu=23))
    async with linked() as link:
        desk.calls.clear()
        failure = await failure_of(link.write(COMMAND, bytes(21), response=False))
        assert failure.kind is ErrorKind.GATT_INVALID_VALUE
        assert "WriteValue" not in [one.member for one in desk.calls]


async def test_a_value_that_never_comes_ends_at_its_limit(desk: FakeBluez) -> None:
    async with linked() as link:
        failure = await failure_of(link.read(SILENT, within=0.2))
        assert (failure.kind, failure.elapsed) == (ErrorKind.GATT_TIMEOUT, 0.2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Not paired", ErrorKind.SECURITY_PAIRING_REQUIRED),
        ("Write acquired", ErrorKind.GATT_NOT_PERMITTED),
    ],
)
async def test_what_bluez_folds_together_keeps_its_words(desk: FakeBluez, text: str, kind: ErrorKind) -> None:
    desk.inject(Fault(member="ReadValue", error=("org.bluez.Error.NotPermitted", text)))
    async with linked() as link:
        failure = await failure_of(link.read(READ))
        assert (failure.kind, failure.message) == (kind, text)


async def test_0x0e_on_a_link_that_stands_is_the_devices_own(desk: FakeBluez) -> None:
    text = "Operation failed with ATT error: 0x0e (Unlikely Error)"
    desk.inject(Fault(member="ReadValue", error=("org.bluez.Error.Failed", text)))
    async with linked() as link:
        assert (await failure_of(link.read(READ))).kind is ErrorKind.DEVICE_COMMAND_FAILED


async def test_a_refreshed_tree_is_read_from_the_device_at_the_next_link(desk: FakeBluez) -> None:
    async with linked() as link:
        assert await link.backend.discover(link.peer, refresh=True, within=5) == link.tree
        await link.backend.disconnect(link.peer, within=5)
        desk.calls.clear()
        await connected(link.backend, MAIN.address)
        assert "RemoveDevice" in [one.member for one in desk.calls]
    async with opened(scan=None) as (backend, _):
        desk.calls.clear()
        await connected(backend, MAIN.address)
        assert "RemoveDevice" not in [one.member for one in desk.calls]
