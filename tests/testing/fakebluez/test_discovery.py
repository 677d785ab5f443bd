"""Discovery of the double, seen by plain D-Bus clients."""

from __future__ import annotations

from dbus_fast import Variant

from bletui.testing.fakebluez import AdapterSpec, Advert, FakeBluez
from tests.testing.fakebluez.client import ADAPTER, DEVICE, HCI0, connected, said

ONE = "C0:00:00:00:00:01"
PATH = f"{HCI0}/dev_C0_00_00_00_00_01"

FULL = Advert(
    address=ONE,
    rssi=-52,
    name="Thermo",
    manufacturer={0x004C: b"\x02\x15"},
    service_data={"0000180f-0000-1000-8000-00805f9b34fb": b"\x64"},
    uuids=("0000180f-0000-1000-8000-00805f9b34fb",),
    tx_power=-4,
    appearance=0x0300,
)


async def test_nothing_is_heard_before_someone_scans() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        assert not fake.adapters["hci0"].hear(FULL)
        await client.call("StartDiscovery")
        assert fake.adapters["hci0"].hear(FULL)


async def test_properties_have_the_types_that_bluetoothd_declares() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.call("StartDiscovery")
        fake.adapters["hci0"].hear(FULL)
        device = (await client.managed())[PATH][DEVICE]
    signatures = {name: value.signature for name, value in device.items()}
    assert signatures == {
        "Address": "s", "AddressType": "s", "Name": "s", "Alias": "s", "Appearance": "q", "Paired": "b", "Bonded": "b",
        "Trusted": "b", "Blocked": "b", "LegacyPairing": "b", "RSSI": "n", "Connected": "b", "UUIDs": "as",
        "Adapter": "o", "ManufacturerData": "a{qv}", "ServiceData": "a{sv}", "TxPower": "n", "ServicesResolved": "b",
        "AdvertisingFlags": "ay",
    }  # fmt: skip
    assert device["ManufacturerData"].value[0x004C].signature == "ay"
    assert device["ServiceData"].value["0000180f-0000-1000-8000-00805f9b34fb"].signature == "ay"


async def test_a_device_appears_once_and_then_changes() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.discover()
        hci0 = fake.adapters["hci0"]
        for rssi in (-52, -53, -53):
            hci0.hear(Advert(address=ONE, rssi=rssi, manufacturer={1: b"a"}))
        await client.until(lambda: len(client.changed(DEVICE)) == 2)
        assert client.members().count("InterfacesAdded") == 1
        assert client.changed(DEVICE) == [(PATH, {"RSSI": -53}, []), (PATH, {"RSSI": -53}, [])]


async def test_without_a_filter_a_signal_is_told_again_when_it_changed_by_8_db() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.call("StartDiscovery")
        for rssi in (-52, -53, -59, -60, -60):
            fake.adapters["hci0"].hear(Advert(address=ONE, rssi=rssi))
        await client.until(lambda: len(client.changed(DEVICE)) == 1)
        await client.call("StopDiscovery")
        assert client.changed(DEVICE)[0] == (PATH, {"RSSI": -60}, [])


async def test_duplicate_data_repeats_what_did_not_change() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.call("SetDiscoveryFilter", HCI0, ADAPTER, "a{sv}", {"DuplicateData": Variant("b", True)})
        await client.call("StartDiscovery")
        for _ in range(2):
            fake.adapters["hci0"].hear(Advert(address=ONE, manufacturer={1: b"a"}))
        await client.until(lambda: len(client.changed(DEVICE)) == 1)
        assert "ManufacturerData" in client.changed(DEVICE)[0][1]


async def test_each_client_has_its_own_session() -> None:
    async with FakeBluez() as fake, connected(fake.address) as one, connected(fake.address) as two:
        assert said(await one.call("StopDiscovery")) == ("org.bluez.Error.Failed", "No discovery started")
        assert said(await one.call("StartDiscovery")) == (None, [])
        assert said(await one.call("StartDiscovery")) == ("org.bluez.Error.InProgress", "Operation already in progress")
        assert said(await two.call("StartDiscovery")) == (None, [])
        await one.call("StopDiscovery")
        assert fake.adapters["hci0"].hear(FULL)
        await two.call("StopDiscovery")
        assert not fake.adapters["hci0"].hear(FULL)
        await one.until(lambda: (PATH, {}, ["RSSI", "TxPower"]) in one.changed(DEVICE))
        discovering = [changed["Discovering"] for _, changed, _ in one.changed(ADAPTER)]
        assert discovering == [True, False]


async def test_a_client_that_leaves_the_bus_ends_its_session() -> None:
    async with FakeBluez() as fake, connected(fake.address) as stays:
        async with connected(fake.address) as leaves:
            await leaves.call("StartDiscovery")
        await stays.until(lambda: (HCI0, {"Discovering": False}, []) in stays.changed(ADAPTER))
        assert not fake.adapters["hci0"].hear(FULL)


async def test_an_adapter_that_is_off_is_not_ready() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.call("StartDiscovery")
        fake.adapters["hci0"].hear(FULL)
        fake.adapters["hci0"].set_powered(False)
        for member in ("StartDiscovery", "StopDiscovery"):
            assert said(await client.call(member)) == ("org.bluez.Error.NotReady", "Resource Not Ready")
        changes = [changed for _, changed, _ in client.changed(ADAPTER)]
        assert changes[1:] == [
            {"PowerState": "on-disabling"},
            {"Powered": False, "PowerState": "off", "Discovering": False},
        ]
        assert PATH not in await client.managed()
        fake.adapters["hci0"].set_powered(True)
        assert said(await client.call("StartDiscovery")) == (None, [])


async def test_power_by_property_and_what_rfkill_refuses() -> None:
    async with FakeBluez(AdapterSpec(powered=False)) as fake, connected(fake.address) as client:
        setting = ("Set", HCI0, "org.freedesktop.DBus.Properties", "ssv", ADAPTER, "Powered", Variant("b", True))
        fake.adapters["hci0"].block(True)
        assert said(await client.call(*setting)) == ("org.bluez.Error.Blocked", "Blocked through rfkill")
        fake.adapters["hci0"].block(False)
        assert said(await client.call(*setting)) == (None, [])
        adapter = (await client.managed())[HCI0][ADAPTER]
        assert (adapter["Powered"].value, adapter["PowerState"].value) == (True, "on")


async def test_a_filter_of_a_wrong_type_is_refused() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        reply = await client.call("SetDiscoveryFilter", HCI0, ADAPTER, "a{sv}", {"RSSI": Variant("s", "loud")})
        assert said(reply) == ("org.bluez.Error.InvalidArguments", "Invalid arguments in method call")


async def test_removed_devices_are_gone() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.call("StartDiscovery")
        fake.adapters["hci0"].hear(FULL)
        assert said(await client.call("RemoveDevice", HCI0, ADAPTER, "o", PATH)) == (None, [])
        reply = await client.call("RemoveDevice", HCI0, ADAPTER, "o", PATH)
        assert said(reply) == ("org.bluez.Error.DoesNotExist", "Does Not Exist")
