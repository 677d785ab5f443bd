"""GATT objects of the double: their types, and what reading and writing them answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from dbus_fast import Variant

from bletui.testing.fakebluez import (
    Advert,
    Characteristic,
    Descriptor,
    Distortion,
    FakeBluez,
    Peripheral,
    Security,
    Service,
)
from bletui.testing.fakebluez import (
    desk as table,
)
from bletui.testing.fakebluez.peripheral import CCCD, placed
from tests.testing.fakebluez.client import said
from tests.testing.fakebluez.gatting import CHARACTERISTIC, DESCRIPTOR, SERVICE, linked
from tests.waiting import until

INVALID = ("org.bluez.Error.InvalidArguments", "Invalid arguments in method call")
IN_PROGRESS = ("org.bluez.Error.InProgress", "In Progress")


async def test_properties_have_the_types_that_bluetoothd_declares(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        service = main.properties(table.uuid(1), SERVICE)
        notify = main.properties(table.NOTIFY)
        indicate = main.properties(table.INDICATE)
        command = main.properties(table.COMMAND)
        about = main.properties(table.USER_DESCRIPTION, DESCRIPTOR)
    assert _types(service) == {"UUID": "s", "Device": "o", "Primary": "b", "Includes": "ao"}
    common = {"UUID": "s", "Service": "o", "Value": "ay", "Flags": "as", "MTU": "q"}
    assert _types(notify) == common | {"Notifying": "b", "NotifyAcquired": "b"}
    assert _types(indicate) == common | {"Notifying": "b"}
    assert _types(command) == common | {"WriteAcquired": "b"}
    assert _types(about) == {"UUID": "s", "Characteristic": "o", "Value": "ay"}
    assert command["Flags"].value == ["read", "write-without-response"]
    assert command["MTU"].value == 517


async def test_paths_speak_of_declarations(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        assert main.path(table.uuid(1), SERVICE) == f"{main.device}/service0006"
        assert main.path(table.READ) == f"{main.device}/service0006/char0007"
        value = desk.peers[table.MAIN.address].handle(table.READ)
        assert value == 0x0008


async def test_generic_access_is_not_exported(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        uuids = {held[SERVICE]["UUID"].value for held in main.objects.values() if SERVICE in held}
        assert table.sig(0x1800) not in uuids
        assert table.sig(0x180F) in uuids


async def test_a_value_is_told_before_the_answer_that_has_it(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        assert said(await main.read(table.READ)) == (None, [b"hello"])
        assert main.told(table.READ) == [("Value", b"hello")]


async def test_offsets(desk: FakeBluez) -> None:
    narrow = replace(table.MAIN, advert=Advert(address="C0:00:00:00:00:0F"), mtu=23)
    desk.place(narrow)
    async with linked(desk, narrow) as attributes:
        assert said(await attributes.read(table.LONG, offset=Variant("q", 500))) == (None, [bytes(range(244, 256))])
    async with linked(desk, table.MAIN) as main:
        short = await main.read(table.READ, offset=Variant("q", 2))
        assert said(short) == ("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0b")
        beyond = await main.read(table.READ, offset=Variant("q", 6))
        assert said(beyond) == ("org.bluez.Error.InvalidArguments", "Invalid offset")
        assert said(await main.read(table.READ, offset=Variant("s", "2"))) == INVALID
        await main.write(table.WRITE, b"abcd")
        await main.write(table.WRITE, b"XY", offset=Variant("q", 1))
        assert said(await main.read(table.WRITE)) == (None, [b"aXY"])
        assert said(await main.write(table.WRITE, b"X", type=Variant("u", 1))) == INVALID


async def test_the_way_of_a_write_follows_its_type_then_the_flags(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        assert said(await main.write(table.COMMAND, b"c")) == (None, [])
        assert said(await main.write(table.COMMAND, bytes(600))) == (
            "org.bluez.Error.Failed",
            "Failed to initiate write",
        )
        assert said(await main.write(table.READ, b"x")) == (
            "org.bluez.Error.NotSupported",
            "Operation is not supported",
        )
        refused = await main.write(table.READ, b"x", type=Variant("s", "request"))
        assert said(refused) == ("org.bluez.Error.NotPermitted", "Write not permitted")
        ignored = await main.write(table.READ, b"x", type=Variant("s", "command"))
        assert said(ignored) == (None, [])
        assert said(await main.read(table.READ)) == (None, [b"hello"])


@pytest.mark.parametrize("size", [0, 1, 22, 23, 512])
async def test_values_of_every_size(desk: FakeBluez, size: int) -> None:
    async with linked(desk, table.MAIN) as main:
        value = bytes(n & 0xFF for n in range(size))
        assert said(await main.write(table.LONG, value)) == (None, [])
        assert said(await main.read(table.LONG)) == (None, [value])
        assert desk.peers[table.MAIN.address].written[-1][1] == value


async def test_requests_wait_for_one_another_and_a_second_write_does_not_wait(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        order: list[str] = []
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(main.read(table.SLOW))
            slow.add_done_callback(lambda _: order.append("slow"))
            await until(lambda: desk.calls)
            fast = group.create_task(main.write(table.WRITE, b"1"))
            fast.add_done_callback(lambda _: order.append("fast"))
            other = group.create_task(main.read(table.SLOW, offset=Variant("q", 1)))
            busy = group.create_task(main.write(table.WRITE, b"2"))
        assert said(await other) == IN_PROGRESS
        assert said(await busy) == IN_PROGRESS
        assert said(await slow) == (None, [b"slow"])
        assert said(await fast) == (None, [])
        assert order == ["slow", "fast"]
        assert [changed for changed, _ in main.told(table.SLOW)] == ["Value"]


async def test_descriptors(desk: FakeBluez) -> None:
    async with linked(desk, table.MAIN) as main:
        about = main.path(table.USER_DESCRIPTION, DESCRIPTOR)
        assert about.startswith(main.path(table.NOTIFY))
        read = await main.client.call("ReadValue", about, DESCRIPTOR, "a{sv}", {})
        assert said(read) == (None, [b"Notify here"])
        cccd = f"{about[:-4]}{int(about[-4:], 16) - 1:04x}"
        assert main.objects[cccd][DESCRIPTOR]["UUID"].value == CCCD
        write = await main.client.call("WriteValue", cccd, DESCRIPTOR, "aya{sv}", b"\1\0", {})
        assert said(write) == ("org.bluez.Error.NotPermitted", "Write not permitted")


async def test_a_peripheral_that_never_answers_ends_the_link_with_0x0e() -> None:
    from bletui.testing.fakebluez import Pace

    async with FakeBluez(peripherals=table.DESK, pace=Pace(att=0.1)) as fake, linked(fake, table.MAIN) as main:
        reply = await main.read(table.SILENT)
        assert said(reply) == ("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e")
        assert not fake.adapters["hci0"].device(table.MAIN.address).connected


@pytest.mark.parametrize("code", [0x01, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x0E, 0x0F, 0x11, 0x80, 0xFD])
async def test_att_errors_in_the_words_of_bluez(code: int) -> None:
    odd = Peripheral(
        advert=Advert(address="C0:00:00:00:00:0F"),
        services=(
            Service(uuid=table.uuid(1), characteristics=(Characteristic(uuid=table.READ, refuses={"read": code}),)),
        ),
    )
    words = {
        0x05: ("org.bluez.Error.NotPermitted", "Not paired"),
        0x06: ("org.bluez.Error.NotSupported", "Operation is not supported"),
        0x0C: ("org.bluez.Error.NotPermitted", "Not paired"),
        0x0F: ("org.bluez.Error.NotPermitted", "Not paired"),
        0xFD: ("org.bluez.Error.ImproperlyConfigured", "Improperly configured"),
    }
    async with FakeBluez(peripherals=[odd]) as fake:
        fake.adapters["hci0"].meet(odd.address, bond=Security.AUTHENTICATED)
        async with linked(fake, odd) as attributes:
            expected = words.get(code, ("org.bluez.Error.Failed", f"Operation failed with ATT error: 0x{code:02x}"))
            assert said(await attributes.read(table.READ)) == expected


async def test_what_is_told_can_have_any_type(desk: FakeBluez) -> None:
    desk.distort(Distortion(path="/char0007", interface=CHARACTERISTIC, name="Flags", value=Variant("s", "read")))
    desk.distort(Distortion(path="/service0006", interface=SERVICE, name="UUID", value=None))
    async with linked(desk, table.MAIN) as main:
        assert main.properties(table.READ)["Flags"] == Variant("s", "read")
        assert "UUID" not in main.objects[f"{main.device}/service0006"][SERVICE]


def test_handles_are_given_in_order_and_may_be_named_out_of_it() -> None:
    first, second = placed(
        (
            Service(uuid="a", handle=0x20, characteristics=(Characteristic(uuid="c", flags=("notify",)),)),
            Service(
                uuid="b",
                handle=0x10,
                characteristics=(
                    Characteristic(uuid="d", descriptors=(Descriptor(uuid="e", handle=0x19),)),
                    Characteristic(uuid="f", flags=("indicate",), cccd=False),
                ),
            ),
        )
    )
    assert [first.handle, first.characteristics[0].value_handle] == [0x20, 0x22]
    assert [each.handle for each in first.characteristics[0].descriptors] == [0x23]
    assert [each.handle for each in second.characteristics] == [0x11, 0x1A]
    assert second.characteristics[1].descriptors == ()


def _types(properties: dict[str, Variant]) -> dict[str, str]:
    return {name: value.signature for name, value in properties.items()}
