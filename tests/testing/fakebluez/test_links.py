"""Connecting and leaving, signal by signal, as a plain D-Bus client sees it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from dbus_fast import Message, Variant

from bletui.testing.fakebluez import AdapterSpec, FakeBluez, Pace
from bletui.testing.fakebluez import desk as table
from bletui.testing.fakebluez.refusals import CONNECTS, failed
from tests.testing.fakebluez.client import ADAPTER, DEVICE, HCI0, Client, connected, said
from tests.waiting import until

MAIN, DROPS, GHOST, MUTE, SECOND = (f"{HCI0}/dev_C0_00_00_00_00_0{number}" for number in (1, 2, 3, 4, 7))
QUICK = Pace(give_up=0.1, att=0.1)


async def seen(client: Client, path: str) -> None:
    """Scans until the device is there, then stops."""
    await client.discover()
    while path not in await client.managed():
        await asyncio.sleep(0.005)
    await client.call("StopDiscovery")
    await client.managed()
    client.signals.clear()


async def ask(client: Client, path: str, member: str) -> tuple[str | None, Any]:
    return said(await client.call(member, path, DEVICE))


def gone(client: Client) -> list[str]:
    """Objects that were taken away, in this order."""
    return [signal.body[0] for signal in client.signals if signal.member == "InterfacesRemoved"]


def states(client: Client, path: str) -> list[tuple[str, Any]]:
    """`Connected` and `ServicesResolved` in the order in which they were told."""
    told = [changed for at, changed, _ in client.changed(DEVICE) if at == path]
    wanted = ("Connected", "ServicesResolved")
    return [(name, value) for changed in told for name, value in changed.items() if name in wanted]


async def resolved(client: Client, path: str) -> None:
    await client.until(lambda: ("ServicesResolved", True) in states(client, path))


async def test_connected_then_the_answer_then_the_objects_then_resolved(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        order: list[str] = []
        client.bus.add_message_handler(lambda message: order.append(_short(message)))
        assert await ask(client, SECOND, "Connect") == (None, [])
        await resolved(client, SECOND)
        service = f"{SECOND}/service0001"
        assert order == ["Connected", "reply", service, f"{service}/char0002", "UUIDs ServicesResolved"]
        assert desk.peers[table.SECOND.address].link is not None


async def test_resolved_no_then_the_answer_then_connected_no_and_the_objects_stay(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        await ask(client, SECOND, "Connect")
        await resolved(client, SECOND)
        order: list[str] = []
        client.bus.add_message_handler(lambda message: order.append(_short(message)))
        assert await ask(client, SECOND, "Disconnect") == (None, [])
        await client.until(lambda: ("Connected", False) in states(client, SECOND))
        assert order == ["ServicesResolved", "reply", "Connected"]
        char = f"{SECOND}/service0001/char0002"
        assert char in await client.managed()
        reply = await client.call("ReadValue", char, "org.bluez.GattCharacteristic1", "a{sv}", {})
        assert said(reply) == failed("Not connected")
        client.signals.clear()
        await ask(client, SECOND, "Connect")
        await resolved(client, SECOND)
        assert "InterfacesAdded" not in client.members()


async def test_without_a_cache_the_objects_go_with_the_link() -> None:
    async with FakeBluez(AdapterSpec(cache=False), peripherals=table.DESK) as fake, connected(fake.address) as client:
        await seen(client, SECOND)
        await ask(client, SECOND, "Connect")
        await resolved(client, SECOND)
        await ask(client, SECOND, "Disconnect")
        await client.until(lambda: len(gone(client)) == 2)
        assert gone(client) == [f"{SECOND}/service0001/char0002", f"{SECOND}/service0001"]
        assert ("Connected", False) in states(client, SECOND)


async def test_connecting_what_is_connected_and_leaving_what_is_not(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        assert await ask(client, SECOND, "Disconnect") == (None, [])
        await ask(client, SECOND, "Connect")
        assert await ask(client, SECOND, "Connect") == (None, [])
        assert states(client, SECOND).count(("Connected", True)) == 1


async def test_a_drop_by_the_peripheral_looks_like_a_lost_link(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        for end in (desk.peers[table.SECOND.address].drop, desk.peers[table.SECOND.address].vanish):
            client.signals.clear()
            await ask(client, SECOND, "Connect")
            await resolved(client, SECOND)
            end()
            await client.until(lambda: ("Connected", False) in states(client, SECOND))
            assert (SECOND, {"ServicesResolved": False, "Connected": False}, []) in client.changed(DEVICE)
            desk.peers[table.SECOND.address].appear()


async def test_a_second_connect_is_refused_and_a_disconnect_cancels_the_first(desk: FakeBluez) -> None:
    async with connected(desk.address) as one, connected(desk.address) as two:
        await seen(one, GHOST)
        async with asyncio.TaskGroup() as group:
            first = group.create_task(ask(one, GHOST, "Connect"))
            await until(lambda: desk.adapters["hci0"].attempts)
            assert await ask(two, GHOST, "Connect") == failed("Operation already in progress")
            assert await ask(two, GHOST, "Disconnect") == (None, [])
        assert await first == failed("br-connection-canceled")
        assert not desk.adapters["hci0"].attempts


async def test_one_connect_at_a_time(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        async with asyncio.TaskGroup() as group:
            ghost = group.create_task(ask(client, GHOST, "Connect"))
            await until(lambda: desk.adapters["hci0"].attempts)
            second = group.create_task(ask(client, SECOND, "Connect"))
            await until(lambda: len(desk.adapters["hci0"].attempts) >= 2)
            assert not second.done()
            await ask(client, GHOST, "Disconnect")
        assert await second == (None, [])
        assert await ghost == failed("br-connection-canceled")


async def test_nobody_answers() -> None:
    async with FakeBluez(peripherals=table.DESK, pace=QUICK) as fake, connected(fake.address) as client:
        await seen(client, GHOST)
        assert await ask(client, GHOST, "Connect") == failed("le-connection-abort-by-local")
        assert states(client, GHOST) == []
        assert not fake.adapters["hci0"].attempts


async def test_a_connect_has_no_answer_when_the_device_is_forgotten_meanwhile() -> None:
    async with FakeBluez(peripherals=[table.GHOST], pace=Pace(forget=0.1)) as fake, connected(fake.address) as client:
        await seen(client, GHOST)
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(ask(client, GHOST, "Connect"))
            await client.until(lambda: "InterfacesRemoved" in client.members())
            assert not connecting.done()
            assert not fake.adapters["hci0"].attempts
            await fake.crash()
            assert (await connecting)[0] == "org.freedesktop.DBus.Error.NoReply"


async def test_a_peripheral_that_comes_back_is_connected_to(desk: FakeBluez) -> None:
    peer = desk.peers[table.SECOND.address]
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        peer.vanish()
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(ask(client, SECOND, "Connect"))
            await until(lambda: desk.adapters["hci0"].attempts)
            peer.appear()
        assert await connecting == (None, [])


async def test_dropped_at_once(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, DROPS)
        assert await ask(client, DROPS, "Connect") == failed("le-connection-abort-by-local")
        await client.until(lambda: ("Connected", False) in states(client, DROPS))
        assert states(client, DROPS) == [("Connected", True), ("Connected", False)]


async def test_every_refusal_of_a_connect(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        for refusal in CONNECTS:
            desk.peers[table.SECOND.address].refuse(refusal)
            assert await ask(client, SECOND, "Connect") == refusal
            await client.until(lambda: ("Connected", False) in states(client, SECOND))
            client.signals.clear()
        assert await ask(client, SECOND, "Connect") == (None, [])


async def test_a_mute_peripheral_is_left_and_forgotten_after_the_att_timeout() -> None:
    async with FakeBluez(peripherals=table.DESK, pace=QUICK) as fake, connected(fake.address) as client:
        await seen(client, MUTE)
        assert await ask(client, MUTE, "Connect") == (None, [])
        await client.until(lambda: "InterfacesRemoved" in client.members())
        told = [changed for path, changed, _ in client.changed(DEVICE) if path == MUTE]
        assert told == [
            {"Connected": True},
            {"ServicesResolved": True},
            {"ServicesResolved": False, "Connected": False},
        ]
        assert MUTE not in await client.managed()


async def test_removing_a_connected_device_ends_its_link_first(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        await ask(client, SECOND, "Connect")
        await resolved(client, SECOND)
        order: list[str] = []
        client.bus.add_message_handler(lambda message: order.append(_short(message)))
        assert said(await client.call("RemoveDevice", HCI0, ADAPTER, "o", SECOND)) == (None, [])
        await client.until(
            lambda: client.members()[-1:] == ["InterfacesRemoved"] and client.signals[-1].body[0] == SECOND
        )
        gone = [f"{SECOND}/service0001/char0002", f"{SECOND}/service0001", SECOND]
        assert order == ["ServicesResolved", "reply", "Connected", *(f"-{path}" for path in gone)]
        assert desk.peers[table.SECOND.address].link is None


async def test_a_battery_is_an_interface_of_the_device_while_the_link_is_up(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, MAIN)
        await ask(client, MAIN, "Connect")
        await resolved(client, MAIN)
        battery = (await client.managed())[MAIN]["org.bluez.Battery1"]
        assert battery == {"Percentage": Variant("y", 0x5A), "Source": Variant("s", "GATT Battery Service")}
        await ask(client, MAIN, "Disconnect")
        removed = [signal.body for signal in client.signals if signal.member == "InterfacesRemoved"]
        assert removed == [[MAIN, ["org.bluez.Battery1"]]]
        assert MAIN in await client.managed()


async def test_services_may_be_told_to_be_resolved_before_they_are_told() -> None:
    hasty = replace(table.SECOND, resolved_first=True)
    async with FakeBluez(peripherals=[hasty]) as fake, connected(fake.address) as client:
        await seen(client, SECOND)
        order: list[str] = []
        client.bus.add_message_handler(lambda message: order.append(_short(message)))
        await ask(client, SECOND, "Connect")
        await client.until(lambda: client.members()[-1:] == ["InterfacesAdded"] and len(order) == 5)
        service = f"{SECOND}/service0001"
        assert order == ["Connected", "reply", "UUIDs ServicesResolved", service, f"{service}/char0002"]


async def test_power_off_ends_links_and_keeps_who_was_connected(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        await ask(client, SECOND, "Connect")
        await resolved(client, SECOND)
        desk.adapters["hci0"].set_powered(False)
        await client.until(lambda: any("Powered" in changed for _, changed, _ in client.changed(ADAPTER)))
        assert states(client, SECOND)[-1] == ("Connected", False)
        kept = [path for path in await client.managed() if path.startswith(f"{HCI0}/dev")]
        assert [path for path in kept if "/service" not in path] == [SECOND]
        assert await ask(client, SECOND, "Connect") == failed("Input/output error")
        assert (await ask(client, SECOND, "Pair"))[0] == "org.bluez.Error.AuthenticationFailed"


async def test_links_of_others_stand_before_a_client_comes_and_after_it_goes(desk: FakeBluez) -> None:
    desk.adapters["hci0"].join(table.SECOND.address)
    async with connected(desk.address) as client:
        while not (await client.managed())[SECOND][DEVICE]["ServicesResolved"].value:
            await asyncio.sleep(0)
        assert (await client.managed())[SECOND][DEVICE]["Connected"] == Variant("b", True)
    async with connected(desk.address) as client:
        assert (await client.managed())[SECOND][DEVICE]["Connected"] == Variant("b", True)


async def test_what_was_connected_is_known_after_a_crash_and_the_rest_is_not(desk: FakeBluez) -> None:
    desk.adapters["hci0"].join(table.SECOND.address)
    peer = desk.peers[table.SECOND.address]
    await until(lambda: peer.link is not None)
    await desk.crash()
    assert peer.link is None
    await desk.start()
    async with connected(desk.address) as client:
        devices = {path: held[DEVICE] for path, held in (await client.managed()).items() if DEVICE in held}
        assert set(devices) == {SECOND}
        assert devices[SECOND]["Connected"] == Variant("b", False)
        assert "RSSI" not in devices[SECOND]
        assert await ask(client, SECOND, "Connect") == (None, [])


async def test_devices_that_are_not_heard_are_forgotten() -> None:
    async with FakeBluez(peripherals=table.DESK, pace=Pace(forget=0.1)) as fake, connected(fake.address) as client:
        await seen(client, SECOND)
        await ask(client, SECOND, "Connect")
        await until(lambda: len(fake.adapters["hci0"].devices) <= 1)
        assert list(fake.adapters["hci0"].devices) == [SECOND]


async def test_peripherals_are_placed_and_taken_away(desk: FakeBluez) -> None:
    async with connected(desk.address) as client:
        await seen(client, SECOND)
        await ask(client, SECOND, "Connect")
        await resolved(client, SECOND)
        desk.place(table.SECOND)  # another one with its address
        await client.until(lambda: ("Connected", False) in states(client, SECOND))
        assert await ask(client, SECOND, "Connect") == (None, [])
        desk.take_away(table.SECOND.address)
        await client.until(lambda: states(client, SECOND).count(("Connected", False)) == 2)


def _short(message: Message) -> str:
    match message.member:
        case "PropertiesChanged":
            return " ".join(message.body[1])
        case "InterfacesAdded":
            return str(message.body[0])
        case "InterfacesRemoved":
            return f"-{message.body[0]}"
        case None:
            return "reply"
        case other:
            return other
