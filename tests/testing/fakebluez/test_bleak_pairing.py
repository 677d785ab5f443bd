"""bleak pairs on the double: with an agent of another connection, since it has none of its own."""

from __future__ import annotations

import asyncio

import pytest
from bleak.exc import BleakDBusError

from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez import desk as table
from tests.testing.fakebluez.agent import Agent, Reply
from tests.testing.fakebluez.bleaking import client
from tests.testing.fakebluez.client import connected
from tests.waiting import until

RIGHT: dict[str, Reply] = {"RequestPasskey": ("u", [table.PASSKEY])}
WRONG: dict[str, Reply] = {"RequestPasskey": ("u", [1])}


async def test_pair_read_come_back_and_forget(desk: FakeBluez) -> None:
    async with connected(desk.address) as other:
        agent = Agent(other, RIGHT)
        await agent.register("KeyboardOnly")
        displays = await client(table.DISPLAYS.address)
        await displays.connect()
        await displays.pair()
        assert await displays.read_gatt_char(table.AUTHENTICATED) == b"pk"
        await displays.disconnect()
        await displays.connect()
        await displays.pair()
        assert await displays.read_gatt_char(table.AUTHENTICATED) == b"pk"
        assert agent.members == ["RequestPasskey"]
        await displays.disconnect()
        await displays.unpair()
        assert not desk.known


async def test_pair_while_connecting(desk: FakeBluez) -> None:
    async with connected(desk.address) as other:
        await Agent(other, RIGHT).register("KeyboardOnly")
        async with await client(table.DISPLAYS.address, pair=True) as displays:
            assert await displays.read_gatt_char(table.AUTHENTICATED) == b"pk"


async def test_a_wrong_passkey_and_no_agent(desk: FakeBluez) -> None:
    async with await client(table.DISPLAYS.address) as displays:
        with pytest.raises(BleakDBusError, match="Authentication Failed"):
            await displays.pair()
        assert displays.is_connected
        async with connected(desk.address) as other:
            await Agent(other, WRONG).register("KeyboardOnly")
            with pytest.raises(BleakDBusError, match="Authentication Failed"):
                await displays.pair()
            await until(lambda: not displays.is_connected)


async def test_a_read_that_pairs_by_itself(desk: FakeBluez) -> None:
    async with connected(desk.address) as other:
        agent = Agent(other, {"RequestPasskey": None})
        await agent.register("KeyboardOnly")
        async with await client(table.DISPLAYS.address) as displays, asyncio.TaskGroup() as group:
            reading = group.create_task(displays.read_gatt_char(table.AUTHENTICATED))
            await agent.until(lambda: agent.asked)
            assert not reading.done()
            reading.cancel()
