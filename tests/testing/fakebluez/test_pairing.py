"""Pairing with the double: who is asked what by which capabilities, and every way in which it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from dbus_fast import Variant

from bletui.testing.fakebluez import FakeBluez, Pace, Pairing, Peripheral, Security
from bletui.testing.fakebluez import desk as table
from bletui.testing.fakebluez.pairing import Method, method
from bletui.testing.fakebluez.peripheral import Capability
from tests.testing.fakebluez.agent import MANAGER, PATH, Agent, Reply
from tests.testing.fakebluez.client import ADAPTER, DEVICE, HCI0, Client, connected, said
from tests.testing.fakebluez.gatting import linked, path_of
from tests.waiting import until

FAILED = ("org.bluez.Error.AuthenticationFailed", "Authentication Failed")
CANCELED = ("org.bluez.Error.AuthenticationCanceled", "Authentication Canceled")
OK: tuple[str | None, Any] = (None, [])
RIGHT: Reply = ("u", [table.PASSKEY])
WRONG: Reply = ("u", [1])
JUST_WORKS = replace(table.SECOND, advert=replace(table.SECOND.advert, address="C0:00:00:00:00:2A"))


@asynccontextmanager
async def bench(
    peripheral: Peripheral,
    replies: dict[str, Reply] | None = None,
    capability: str | None = "KeyboardDisplay",
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> AsyncIterator[tuple[FakeBluez, Client, Agent]]:
    """A peripheral that is known, a client, and its agent, registered unless `capability` is None."""
    async with FakeBluez(peripherals=[peripheral], pace=pace) as fake:
        fake.adapters["hci0"].meet(peripheral.address)
        async with connected(fake.address) as client:
            agent = Agent(client, replies)
            if capability is not None:
                await agent.register(capability)
            yield fake, client, agent


async def pair(client: Client, peripheral: Peripheral) -> tuple[str | None, Any]:
    return said(await client.call("Pair", path_of(peripheral), DEVICE))


def with_pairing(peripheral: Peripheral, pairing: Pairing) -> Peripheral:
    return replace(peripheral, pairing=pairing)


@pytest.mark.parametrize(
    ("peripheral", "replies", "asked"),
    [
        (table.DISPLAYS, {"RequestPasskey": RIGHT}, [("RequestPasskey", [])]),
        (table.TYPES, {}, [("DisplayPasskey", [table.PASSKEY, 0])]),
        (table.COMPARES, {}, [("RequestConfirmation", [table.PASSKEY])]),
        (JUST_WORKS, {}, []),
    ],
)
async def test_right(peripheral: Peripheral, replies: dict[str, Reply], asked: list[tuple[str, list[Any]]]) -> None:
    async with bench(peripheral, replies) as (fake, client, agent):
        assert await pair(client, peripheral) == OK
        assert agent.asked == [(member, [path_of(peripheral), *body]) for member, body in asked]
        device = (await client.managed())[path_of(peripheral)][DEVICE]
        assert device["Paired"] == device["Bonded"] == device["Connected"] == Variant("b", True)
        level = Security.AUTHENTICATED if asked else Security.ENCRYPTED
        assert fake.peers[peripheral.address].bonds == {"00:1A:7D:DA:71:13": level}


@pytest.mark.parametrize(
    ("peripheral", "replies"),
    [
        (table.DISPLAYS, {"RequestPasskey": WRONG}),
        (table.DISPLAYS, {"RequestPasskey": "org.bluez.Error.Rejected"}),
        (table.DISPLAYS, {"RequestPasskey": "org.bluez.Error.Canceled"}),
        (table.COMPARES, {"RequestConfirmation": "org.bluez.Error.Rejected"}),
        (with_pairing(table.COMPARES, Pairing(capability="DisplayYesNo", confirms=False)), {}),
        (with_pairing(table.TYPES, Pairing(capability="KeyboardOnly", types=1)), {}),
        (table.REFUSES, {}),
        (with_pairing(table.SECOND, Pairing(mitm=True)), {}),
    ],
)
async def test_wrong(peripheral: Peripheral, replies: dict[str, Reply]) -> None:
    async with bench(peripheral, replies) as (fake, client, agent):
        assert await pair(client, peripheral) == FAILED
        assert "Cancel" not in agent.members
        assert (await client.managed())[path_of(peripheral)][DEVICE]["Paired"] == Variant("b", False)
        assert not fake.peers[peripheral.address].bonds


async def test_without_an_agent_pairing_fails_and_a_read_that_needs_it_has_no_answer() -> None:
    async with bench(table.DISPLAYS, capability=None) as (fake, client, _):
        assert await pair(client, table.DISPLAYS) == FAILED
        async with linked(fake, table.DISPLAYS) as attributes, asyncio.TaskGroup() as group:
            read = group.create_task(attributes.read(table.ENCRYPTED))
            await until(lambda: "ReadValue" in [call.member for call in fake.calls])
            await attributes.client.managed()
            assert not read.done()
            fake.peers[table.DISPLAYS.address].drop()
            assert said(await read) == ("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e")


@pytest.mark.parametrize("silent", ["agent", "peripheral"])
async def test_late(silent: str) -> None:
    peripheral, replies = table.DISPLAYS, {"RequestPasskey": None if silent == "agent" else RIGHT}
    if silent == "peripheral":
        peripheral = with_pairing(peripheral, replace(peripheral.pairing, answers=None))
    async with bench(peripheral, replies, pace=Pace(smp=0.1)) as (fake, client, agent):
        assert await pair(client, peripheral) == CANCELED
        await client.managed()
        assert agent.members == ["RequestPasskey"] + ["Cancel"] * (silent == "agent")
        assert not fake.adapters["hci0"].device(peripheral.address).connected


async def test_cancelled_by_the_client() -> None:
    async with bench(table.DISPLAYS, {"RequestPasskey": None}) as (_, client, agent):
        path = path_of(table.DISPLAYS)
        assert said(await client.call("CancelPairing", path, DEVICE))[0] == "org.bluez.Error.DoesNotExist"
        async with asyncio.TaskGroup() as group:
            pairing = group.create_task(pair(client, table.DISPLAYS))
            await agent.until(lambda: agent.asked)
            again = said(await client.call("Pair", path, DEVICE))
            assert again == ("org.bluez.Error.InProgress", "In Progress")
            assert said(await client.call("CancelPairing", path, DEVICE)) == OK
        assert await pairing == CANCELED
        await client.until(lambda: any(changed.get("Connected") is False for _, changed, _ in client.changed(DEVICE)))
        assert agent.members == ["RequestPasskey", "Cancel"]


async def test_a_link_that_ends_takes_the_pairing_along() -> None:
    async with bench(table.DISPLAYS, {"RequestPasskey": None}) as (fake, client, agent), asyncio.TaskGroup() as group:
        pairing = group.create_task(pair(client, table.DISPLAYS))
        await agent.until(lambda: agent.asked)
        fake.peers[table.DISPLAYS.address].drop()
        assert await pairing == CANCELED
        await agent.until(lambda: agent.members[-1] == "Cancel")


async def test_nobody_to_pair_with() -> None:
    async with bench(table.GHOST, pace=Pace(pair=0.1)) as (fake, client, _):
        assert await pair(client, table.GHOST) == ("org.bluez.Error.AuthenticationTimeout", "Authentication Timeout")
        assert not fake.adapters["hci0"].attempts


async def test_who_is_paired_already_gets_no_answer_before_the_link_ends() -> None:
    async with bench(JUST_WORKS) as (fake, client, _), asyncio.TaskGroup() as group:
        assert await pair(client, JUST_WORKS) == OK
        again = group.create_task(pair(client, JUST_WORKS))
        await until(lambda: [call.member for call in fake.calls].count("Pair") >= 2)
        await client.managed()
        assert not again.done()
        fake.peers[JUST_WORKS.address].drop()
        assert await again == CANCELED


async def test_adapters_are_pairable_while_there_is_an_agent() -> None:
    async with bench(table.SECOND, capability=None) as (_, client, agent):
        await agent.register()
        await client.until(lambda: (HCI0, {"Pairable": True}, []) in client.changed(ADAPTER))
        await agent.manage("UnregisterAgent", "o", PATH)
        await client.until(lambda: (HCI0, {"Pairable": False}, []) in client.changed(ADAPTER))


async def test_an_agent_that_leaves_the_bus_while_asked() -> None:
    async with bench(table.DISPLAYS, capability=None) as (fake, client, _), asyncio.TaskGroup() as group:
        async with connected(fake.address) as other:
            agent = Agent(other, {"RequestPasskey": None})
            await agent.register()
            pairing = group.create_task(pair(client, table.DISPLAYS))
            await agent.until(lambda: agent.asked)
        assert await pairing == FAILED


async def test_a_read_pairs_by_itself_and_asks_for_leave() -> None:
    async with bench(table.SECOND) as (fake, _, agent):
        guarded = replace(table.DISPLAYS, pairing=Pairing())
        fake.place(guarded)
        async with linked(fake, guarded) as attributes:
            assert said(await attributes.read(table.ENCRYPTED)) == (None, [b"enc"])
            assert agent.asked == [("RequestAuthorization", [path_of(guarded)])]
            refused = said(await attributes.read(table.AUTHENTICATED))
            assert refused == ("org.bluez.Error.NotPermitted", "Not paired")


async def test_a_read_that_needs_a_passkey_asks_for_it() -> None:
    async with bench(table.DISPLAYS, {"RequestPasskey": RIGHT}) as (fake, _, agent):
        async with linked(fake, table.DISPLAYS) as attributes:
            assert said(await attributes.read(table.AUTHENTICATED)) == (None, [b"pk"])
            assert said(await attributes.read(table.ENCRYPTED)) == (None, [b"enc"])
        assert agent.members == ["RequestPasskey"]


async def test_a_read_from_a_peripheral_that_refuses_to_pair_ends_the_link() -> None:
    async with bench(table.REFUSES) as (fake, _, _agent), linked(fake, table.REFUSES) as attributes:
        reply = said(await attributes.read(table.ENCRYPTED))
        assert reply == ("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e")
        assert not fake.adapters["hci0"].device(table.REFUSES.address).connected


async def test_a_bond_outlives_links_crashes_and_clients_and_ends_with_removal() -> None:
    async with bench(table.DISPLAYS, {"RequestPasskey": RIGHT}) as (fake, client, _):
        await pair(client, table.DISPLAYS)
        await fake.crash()
        await fake.start()
        assert (await client.managed())[path_of(table.DISPLAYS)][DEVICE]["Bonded"] == Variant("b", True)
        async with linked(fake, table.DISPLAYS) as attributes:
            assert said(await attributes.read(table.AUTHENTICATED)) == (None, [b"pk"])
        assert said(await client.call("RemoveDevice", HCI0, ADAPTER, "o", path_of(table.DISPLAYS))) == OK
        assert not fake.known


async def test_a_bond_from_before_is_there_and_one_that_the_peripheral_forgot_ends_the_link(desk: FakeBluez) -> None:
    device = desk.adapters["hci0"].meet(table.DISPLAYS.address, bond=Security.AUTHENTICATED)
    async with linked(desk, table.DISPLAYS) as attributes:
        assert said(await attributes.read(table.AUTHENTICATED)) == (None, [b"pk"])
    async with connected(desk.address) as client:
        await client.call("Disconnect", device.path, DEVICE)
        desk.peers[table.DISPLAYS.address].forget_bonds()
        aborted = ("org.bluez.Error.Failed", "le-connection-abort-by-local")
        assert said(await client.call("Connect", device.path, DEVICE)) == aborted
        await client.until(lambda: (device.path, {"Connected": False}, []) in client.changed(DEVICE))


async def test_bonded_at_once_and_paired_when_the_services_are_resolved() -> None:
    async with bench(JUST_WORKS) as (_, client, _agent):
        assert await pair(client, JUST_WORKS) == OK
        told = [sorted(changed) for path, changed, _ in client.changed(DEVICE) if path == path_of(JUST_WORKS)]
        assert told == [["Connected"], ["Bonded"], ["Paired", "ServicesResolved", "UUIDs"]]


async def test_a_link_ends_after_a_pairing_that_the_peripheral_failed_and_stays_where_the_agent_did() -> None:
    for replies, stays in ((WRONG, False), ("org.bluez.Error.Rejected", True)):
        async with bench(table.DISPLAYS, {"RequestPasskey": replies}) as (fake, client, _):
            assert await pair(client, table.DISPLAYS) == FAILED
            await client.managed()
            assert fake.adapters["hci0"].device(table.DISPLAYS.address).connected is stays


async def test_agents_come_and_go() -> None:
    async with bench(table.TYPES, capability=None) as (fake, client, agent):
        assert (await agent.manage("UnregisterAgent", "o", PATH))[0] == "org.bluez.Error.DoesNotExist"
        assert (await agent.manage("RequestDefaultAgent", "o", PATH))[0] == "org.bluez.Error.DoesNotExist"
        wrong = await agent.manage("RegisterAgent", "os", PATH, "Telepathy")
        assert wrong == ("org.bluez.Error.InvalidArguments", "Invalid arguments in method call")
        await agent.register("")
        assert (await agent.manage("RegisterAgent", "os", PATH, ""))[0] == "org.bluez.Error.AlreadyExists"
        async with connected(fake.address) as other:
            theirs = Agent(other)
            await theirs.register("NoInputNoOutput")
            assert (await pair(client, table.TYPES)) == OK  # a client's own agent goes before the default one
            assert theirs.asked == []
        assert await agent.manage("UnregisterAgent", "o", PATH) == OK
        await agent.register()
        await fake.stop()
        await agent.until(lambda: agent.members[-1] == "Release")
        await fake.start()
        assert said(await client.call("UnregisterAgent", "/org/bluez", MANAGER, "o", PATH))[0] is not None


async def test_what_only_classic_devices_ask() -> None:
    old = with_pairing(table.SECOND, Pairing(pin="0000"))
    async with bench(old, {"RequestPinCode": ("s", ["0000"])}) as (fake, client, agent):
        assert await pair(client, old) == OK
        answers: list[object] = []
        fake.adapters["hci0"].device(old.address).authorize_service(
            table.sig(0x110B), lambda reply: answers.append(reply.message_type)
        )
        await agent.until(lambda: agent.asked[-1] == ("AuthorizeService", [path_of(old), table.sig(0x110B)]))
        await until(lambda: answers)


@pytest.mark.parametrize(
    ("central", "peripheral", "expected"),
    [
        ("DisplayOnly", "DisplayOnly", Method.JUST_WORKS),
        ("DisplayOnly", "KeyboardOnly", Method.SHOW),
        ("DisplayYesNo", "DisplayOnly", Method.JUST_WORKS),
        ("DisplayYesNo", "DisplayYesNo", Method.COMPARE),
        ("KeyboardOnly", "KeyboardDisplay", Method.ENTER),
        ("KeyboardDisplay", "DisplayOnly", Method.ENTER),
        ("KeyboardDisplay", "KeyboardOnly", Method.SHOW),
        ("KeyboardDisplay", "KeyboardDisplay", Method.COMPARE),
        ("NoInputNoOutput", "KeyboardDisplay", Method.JUST_WORKS),
        ("KeyboardDisplay", "NoInputNoOutput", Method.JUST_WORKS),
    ],
)
def test_who_does_what_follows_from_both_capabilities(
    central: Capability, peripheral: Capability, expected: Method
) -> None:
    assert method(central, peripheral) is expected
