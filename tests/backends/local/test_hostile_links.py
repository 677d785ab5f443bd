"""A bluetoothd, or a device, that says what nobody declared: the call fails in words, the rest goes on."""

from __future__ import annotations

import pytest
from dbus_fast import Variant

from bletui.backends.local.linux import LinuxBackend
from bletui.failure import BleError, ErrorKind
from bletui.model import LinkChanged
from bletui.testing.fakebluez import Distortion, FakeBluez, Fault
from bletui.testing.fakebluez.desk import MAIN, READ, SECOND, WRITE
from tests.backends.local.linked import connected, linked, states
from tests.backends.local.told import LANE, opened
from tests.failing import failure_of

CHARACTERISTIC = "org.bluez.GattCharacteristic1"
ENDS = (ErrorKind.DATA_MALFORMED, ErrorKind.LINK_CONNECT_TIMEOUT, ErrorKind.GATT_TIMEOUT)


@pytest.mark.parametrize(
    "distortion",
    [
        Distortion(path="char0002", interface=CHARACTERISTIC, name="Flags", value=None),
        Distortion(path="char0002", interface=CHARACTERISTIC, name="Flags", value=Variant("u", 7)),
        Distortion(path="char0002", interface=CHARACTERISTIC, name="UUID", value=Variant("u", 7)),
        Distortion(path="char0002", interface=CHARACTERISTIC, name="UUID", value=None),
        Distortion(path="service0001", interface="org.bluez.GattService1", name="UUID", value=Variant("as", ["x"])),
    ],
    ids=lambda one: f"{one.name}={one.value and one.value.signature}",
)
async def test_attributes_of_undeclared_types(desk: FakeBluez, distortion: Distortion) -> None:
    desk.distort(distortion)
    async with opened(scan=None) as (backend, told):
        failure = await failure_of(looked_at(backend))
        assert failure.kind is ErrorKind.DATA_MALFORMED
        assert states(told, SECOND.address)[:1] in ([], ["up"])
        assert LANE in told.lanes


async def looked_at(backend: LinuxBackend) -> None:
    peer = await connected(backend, SECOND.address, within=2)
    await backend.discover(peer, refresh=False, within=2)


@pytest.mark.parametrize("answer", [("s", ["text"]), ("", []), ("as", [["x"]])], ids=lambda one: one[0] or "nothing")
async def test_values_of_undeclared_types(desk: FakeBluez, answer: tuple[str, list[object]]) -> None:
    async with linked() as link:
        desk.inject(Fault(member="ReadValue", answer=answer, times=1))
        assert (await failure_of(link.read(READ))).kind is ErrorKind.DATA_MALFORMED
        assert await link.read(READ) == b"hello"


@pytest.mark.parametrize("name", ["Connected", "Bonded", "Paired", "RSSI", "Address", "ServicesResolved"])
async def test_device_properties_of_undeclared_types(desk: FakeBluez, name: str) -> None:
    path = MAIN.address.replace(":", "_")
    desk.distort(Distortion(path=path, interface="org.bluez.Device1", name=name, value=Variant("as", ["\x1b[2J"])))
    async with opened(scan=None) as (backend, told):
        try:
            await connected(backend, MAIN.address, within=1)
        except BleError as error:
            assert error.failure.kind in ENDS
        assert LANE in told.lanes
        await connected(backend, SECOND.address)


async def test_a_name_with_control_bytes_in_a_bond(desk: FakeBluez) -> None:
    path = MAIN.address.replace(":", "_")
    desk.distort(
        Distortion(path=path, interface="org.bluez.Device1", name="Alias", value=Variant("s", "\x1b[2Jevil\u202e"))
    )
    async with linked() as link:
        await link.backend.pair(link.peer, within=5)
        [bond] = await link.backend.bonds()
        assert "\x1b" not in bond.name
        assert "\u202e" not in bond.name
        assert link.told.of(LinkChanged)
        await link.write(WRITE, b"on it goes")
