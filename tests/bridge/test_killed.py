"""kill -9 at random points of connect, subscribe and disconnect: the next start leaves no own link, touches no foreign.

Twice in the suite; `make soak` as often as the promise says, BLETUI_KILLS=50.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bletui.failure import BleError
from bletui.model import Connect, Disconnect, Discover, GattTree, Owner, Properties, Subscribe
from bletui.radio import Attachment
from tests.bridge.over_a_router import WITHIN, bridge, router
from tests.bridge.running import remote
from tests.waiting import until

KILLS = int(os.environ.get("BLETUI_KILLS", "2"))
OWN = [f"C0:DE:1A:B0:00:{n:02X}" for n in (1, 2, 3)]


async def busy(seat: Attachment, address: str) -> None:
    """Connects, subscribes, disconnects, for ever; whatever fails when the bridge is killed, fails."""
    with suppress(BleError):
        while True:
            await seat.perform(Connect(address, None, "random"), limit=10.0)
            tree = await seat.perform(Discover(address))
            assert isinstance(tree, GattTree)
            for service in tree.services:
                for one in service.characteristics:
                    if Properties.NOTIFY in one.properties:
                        await seat.perform(Subscribe(address, handle=one.handle, mode="notify"))
            await seat.perform(Disconnect(address))


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_no_own_link_is_left_and_no_foreign_one_touched(home: Path) -> None:
    chance = random.Random(7)
    async with asyncio.timeout(WITHIN * (KILLS + 1)), router() as (site, port), asyncio.TaskGroup() as tasks:
        left = 0
        for _ in range(KILLS):
            async with bridge(port, home) as process:
                seat = await remote(home / "s").attach(Owner("me"))
                working = [tasks.create_task(busy(seat, address)) for address in OWN]
                await asyncio.sleep(chance.uniform(0.1, 1.5))
                process.kill()
                await process.wait()
                for work in working:
                    work.cancel()
                await seat.detach(keep=True)
            left += len(site.links - site.foreign)
            async with bridge(port, home) as again:
                await until(lambda: site.links == site.foreign, WITHIN)
                again.terminate()
                await again.wait()
        assert site.foreign.isdisjoint(site.ended)
        assert left, "none of the kills left a link, so nothing was shown"
