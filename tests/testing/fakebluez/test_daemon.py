"""How the double comes, goes and misbehaves on demand."""

from __future__ import annotations

import asyncio

import pytest
from dbus_fast import Variant

from bletui.testing.fakebluez import AdapterSpec, Advert, BusMonitor, FakeBluez, Fault, PrivateBus
from tests.testing.fakebluez.client import ADAPTER, HCI0, connected, said

PROPERTIES = "org.freedesktop.DBus.Properties"


async def test_the_name_comes_before_the_adapters() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await fake.crash()
        await fake.start()
        await client.until(lambda: client.members().count("InterfacesAdded") == 1)
        owners = [signal.body[2] for signal in client.signals if signal.member == "NameOwnerChanged"]
        assert "" in owners
        assert owners[-1] != ""
        assert client.signals[-1].body[0] == HCI0


async def test_a_crash_says_nothing_of_the_objects_and_an_orderly_end_does() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await fake.crash()
        await client.until(lambda: any(s.member == "NameOwnerChanged" and not s.body[2] for s in client.signals))
        assert "InterfacesRemoved" not in client.members()
        await fake.start()
        await fake.stop()
        await client.until(lambda: "InterfacesRemoved" in client.members())


async def test_adapters_stay_plugged_in_while_the_daemon_is_away() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        fake.plug(AdapterSpec(name="hci1", address="00:1A:7D:DA:71:14"))
        await fake.crash()
        await fake.start()
        assert {HCI0, "/org/bluez/hci1"} <= (await client.managed()).keys()
        fake.unplug("hci1")
        assert "/org/bluez/hci1" not in await client.managed()


async def test_unknown_objects_and_methods_are_refused_in_the_words_of_the_real_one() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        gone = await client.call("StopDiscovery", "/org/bluez/hci7")
        assert said(gone) == (
            "org.freedesktop.DBus.Error.UnknownObject",
            'Method "StopDiscovery" with signature "" on interface "org.bluez.Adapter1" doesn\'t exist\n',
        )
        assert said(await client.call("Fly"))[0] == "org.freedesktop.DBus.Error.UnknownMethod"
        assert said(await client.call("SetDiscoveryFilter", HCI0, ADAPTER, "s", "x"))[0] == (
            "org.freedesktop.DBus.Error.UnknownMethod"
        )


async def test_properties_can_be_read_and_some_be_set() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        every = await client.call("GetAll", HCI0, PROPERTIES, "s", ADAPTER)
        one = await client.call("Get", HCI0, PROPERTIES, "ss", ADAPTER, "Address")
        assert every.body[0]["Address"] == one.body[0] == Variant("s", "00:1A:7D:DA:71:13")
        absent = await client.call("Get", HCI0, PROPERTIES, "ss", ADAPTER, "Colour")
        assert said(absent)[0] == "org.freedesktop.DBus.Error.InvalidArgs"
        fixed = await client.call("Set", HCI0, PROPERTIES, "ssv", ADAPTER, "Address", Variant("s", "x"))
        assert said(fixed)[0] == "org.freedesktop.DBus.Error.PropertyReadOnly"
        await client.call("Set", HCI0, PROPERTIES, "ssv", ADAPTER, "Alias", Variant("s", "desk"))
        assert (await client.managed())[HCI0][ADAPTER]["Alias"].value == "desk"


async def test_a_fault_lasts_as_often_as_it_was_asked_for() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        fake.inject(Fault(member="StartDiscovery", error=("org.bluez.Error.Failed", "Input/output error"), times=2))
        for _ in range(2):
            assert said(await client.call("StartDiscovery")) == ("org.bluez.Error.Failed", "Input/output error")
        assert said(await client.call("StartDiscovery")) == (None, [])


async def test_a_fault_is_bound_to_a_path_and_can_be_mended() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        fake.inject(Fault(member="StartDiscovery", path="/org/bluez/hci1", error=("org.bluez.Error.Failed", "x")))
        assert said(await client.call("StartDiscovery")) == (None, [])
        fake.inject(Fault(member="StopDiscovery", error=("org.bluez.Error.Failed", "y")))
        assert said(await client.call("StopDiscovery"))[1] == "y"
        fake.mend()
        assert said(await client.call("StopDiscovery")) == (None, [])


async def test_a_delayed_answer_is_the_methods_own() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        fake.inject(Fault(member="StartDiscovery", delay=0.05))
        slow = asyncio.get_running_loop().create_task(client.call("StartDiscovery"))
        assert said(await client.call("GetDiscoveryFilters"))[0] is None
        assert not slow.done()
        assert said(await slow) == (None, [])


async def test_a_call_left_hanging_ends_with_the_daemon() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        fake.inject(Fault(member="StartDiscovery", hang=True))
        hangs = asyncio.get_running_loop().create_task(client.call("StartDiscovery"))
        await client.managed()
        assert not hangs.done()
        await fake.crash()
        assert said(await hangs)[0] == "org.freedesktop.DBus.Error.NoReply"


async def test_calls_are_written_down() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.call("StartDiscovery")
        assert [(call.member, call.path) for call in fake.calls] == [("StartDiscovery", HCI0)]
        assert fake.calls[0].sender == client.bus.unique_name


async def test_a_policy_decides_who_may_call() -> None:
    deny = '<policy context="mandatory"><deny send_destination="org.bluez"/></policy>'
    async with FakeBluez(policy=deny) as fake, connected(fake.address) as client:
        assert said(await client.call("StartDiscovery"))[0] == "org.freedesktop.DBus.Error.AccessDenied"


async def test_a_bus_comes_back_at_its_address() -> None:
    async with PrivateBus() as bus:
        async with connected(bus.address):
            await bus.stop()
        with pytest.raises(ConnectionRefusedError):
            async with connected(bus.address):
                pass
        await bus.start()
        async with connected(bus.address):
            pass


async def test_without_a_dbus_daemon_it_fails_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    fake = FakeBluez()
    with pytest.raises(FileNotFoundError, match="dbus-daemon"):
        await fake.__aenter__()
    assert not fake.bus.folder.exists()


async def test_a_policy_that_the_daemon_refuses_is_quoted() -> None:
    with pytest.raises(RuntimeError, match="Failed to start message bus"):
        await FakeBluez(policy="<nonsense/>").__aenter__()


async def test_a_monitor_sees_calls_between_others() -> None:
    async with FakeBluez() as fake, BusMonitor(fake.address) as monitor, connected(fake.address) as client:
        await client.call("StartDiscovery")
        await client.until(lambda: bool(client.changed(ADAPTER)))
        assert "StartDiscovery" in [message.member for message in monitor.messages]


async def test_nothing_is_lost_when_more_is_said_than_a_socket_holds() -> None:
    async with FakeBluez() as fake, connected(fake.address) as client:
        await client.discover()
        for index in range(20_000):
            fake.adapters["hci0"].hear(Advert(address="C0:00:00:00:00:01", rssi=-index % 100 - 20, manufacturer={}))
        await client.until(lambda: len(client.signals) >= 20_001)  # discovering, one object, and its changes
        assert len(client.changed("org.bluez.Device1")) == 19_999
