"""What BlueZ's signals say of devices: pure, and the words of newer BlueZ about the end of a link."""

from __future__ import annotations

import pytest
from dbus_fast import Message, Variant
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.local import devices, native
from bletui.backends.local.devices import (
    DEVICE,
    DeviceAppeared,
    DeviceChanged,
    DeviceSignal,
    DeviceVanished,
    Disconnected,
    ServicesMoved,
)
from bletui.errors import Context
from bletui.failure import ErrorKind
from bletui.model import ServicesChanged
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import MAIN
from bletui.testing.fakebluez.objects import Interface
from tests.backends.local.linked import down, linked

PATH = "/org/bluez/hci0/dev_C0_00_00_00_00_01"
OBJECTS, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"


def signal(path: str, interface: str, member: str, signature: str, *body: object) -> Message:
    return Message.new_signal(path, interface, member, signature, list(body))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", PATH, {DEVICE: {"Connected": Variant("b", True)}}),
            DeviceAppeared(PATH, True),
        ),
        (signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", PATH, {DEVICE: {}}), DeviceAppeared(PATH, False)),
        (signal("/", OBJECTS, "InterfacesRemoved", "oas", PATH, [DEVICE]), DeviceVanished(PATH)),
        (
            signal("/", OBJECTS, "InterfacesRemoved", "oas", f"{PATH}/service0001", [devices.SERVICE]),
            ServicesMoved(PATH),
        ),
        (
            signal(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", DEVICE, {"RSSI": Variant("n", -40)}, []),
            DeviceChanged(PATH, {"RSSI": -40}),
        ),
        (
            signal(PATH, DEVICE, "Disconnected", "ss", "org.bluez.Reason.Timeout", "Connection timeout"),
            Disconnected(PATH, "org.bluez.Reason.Timeout", "Connection timeout"),
        ),
        (signal(PATH, DEVICE, "Disconnected", "u", 3), None),
        (signal(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", "org.bluez.Battery1", {}, []), None),
    ],
)
def test_signals(message: Message, said: DeviceSignal | None) -> None:
    assert devices.device_signal(message) == said


@given(st.binary(min_size=6, max_size=6), st.integers(0, 99))
def test_a_path_names_its_device(address: bytes, number: int) -> None:
    name, where = f"hci{number}", address.hex(":").upper()
    assert devices.named(devices.path_of(name, where)) == (name, where)


@given(st.text())
def test_other_paths_name_none(path: str) -> None:
    found = devices.named(path)
    assert found is None or devices.path_of(*found).replace("_", ":") == path.replace("_", ":")


@pytest.mark.parametrize(
    ("name", "asked", "kind"),
    [
        ("org.bluez.Reason.Remote", False, ErrorKind.LINK_CLOSED_REMOTE),
        ("org.bluez.Reason.Timeout", False, ErrorKind.LINK_LOST),
        ("org.bluez.Reason.Local", False, ErrorKind.LINK_LOST),
        ("org.bluez.Reason.Local", True, ErrorKind.OP_CANCELLED),
        ("org.bluez.Reason.Authentication", False, ErrorKind.SECURITY_KEY_MISSING),
        ("org.bluez.Reason.\x1b[2J", False, ErrorKind.OTHER_UNSPECIFIED),
    ],
)
def test_why_a_link_ended(name: str, asked: bool, kind: ErrorKind) -> None:
    assert native.link_ended(name, "words", Context(we_disconnected=asked)).kind is kind


async def test_newer_bluez_tells_that_the_device_ended_the_link(desk: FakeBluez) -> None:
    async with linked() as link:
        desk.peers[MAIN.address].drop()
        desk._post(signal(PATH, DEVICE, "Disconnected", "ss", "org.bluez.Reason.Remote", "by remote user"))
        assert (await down(link.told, link.peer)).kind is ErrorKind.LINK_CLOSED_REMOTE


async def test_services_that_come_and_go_are_told_once(desk: FakeBluez) -> None:
    async with linked() as link:
        for number in (0xF0, 0xF1):
            path = f"{PATH}/service00{number:02x}"
            properties = {
                "UUID": Variant("s", "0000180a-0000-1000-8000-00805f9b34fb"),
                "Primary": Variant("b", True),
                "Device": Variant("o", PATH),
            }
            desk._run.tree.add(path, {devices.SERVICE: Interface(properties)})
        await link.told.until(lambda: bool(link.told.of(ServicesChanged)))
        assert [one.peer for one in link.told.of(ServicesChanged)] == [link.peer]
        tree = await link.backend.discover(link.peer, refresh=True, within=5)
        assert len(tree.services) == len(link.tree.services) + 2
