"""Nothing is left of links that are over: neither in the double, nor on the bus, nor in bleak."""

from __future__ import annotations

import asyncio

from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez import desk as table
from tests.testing.fakebluez.bleaking import found
from tests.testing.fakebluez.client import connected
from tests.testing.fakebluez.cycles import live
from tests.testing.fakebluez.leaks import held

CYCLES = 50


async def test_fifty_links(desk: FakeBluez) -> None:
    device = await found(table.MAIN.address)
    async with connected(desk.address) as client:
        await live(desk, device, 1)
        before = await held(desk, client)
        for number in range(CYCLES):
            await live(desk, device, number)
        async with asyncio.timeout(5):
            while (after := await held(desk, client)) != before:
                await asyncio.sleep(0)
        assert after == before
