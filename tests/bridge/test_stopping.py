"""A stop with ten links: over within two seconds, and the far side has none of them any more."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bletui.model import Connect, Owner
from bletui.radio import QueuedRadio
from bletui.testing.virtual_time import in_virtual_time
from tests.bridge.over_a_router import WITHIN, bridge, router
from tests.bridge.running import remote
from tests.radio.playing import forever
from tests.radio.scripted import ScriptedBackend
from tests.tries import tries
from tests.waiting import until

LINKS = [f"C0:DE:1A:B0:00:{n:02X}" for n in (1, 2, 3, 5, 9, 0xC, 0xD, 0xE, 0xF)] + ["00:1A:B0:00:00:12"]


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_a_stop_with_ten_links_is_over_in_two_seconds_and_leaves_none(home: Path) -> None:
    async with asyncio.timeout(3 * WITHIN), router(24) as (site, port):
        for tried in tries(under=2.0):
            async with bridge(port, home) as process:
                seat = await remote(home / "s").attach(Owner("me"))
                for address in LINKS:
                    await seat.perform(Connect(address, None, "public" if address.startswith("00") else "random"))
                await until(lambda: site.links == {*site.foreign, *LINKS}, WITHIN)
                with tried(process.pid):
                    process.terminate()
                    await process.wait()
                await until(
                    lambda: site.links == site.foreign, WITHIN
                )  # told by then, and read by us in the next turns
                await seat.detach(keep=True)
        assert site.foreign.isdisjoint(site.ended)


@in_virtual_time
async def test_a_far_side_that_does_not_answer_is_not_waited_for_beyond_that() -> None:
    backend = ScriptedBackend()
    radio = QueuedRadio(backend, "a")
    await radio.open()
    seat = await radio.attach(Owner("me"))
    for address in LINKS:
        await seat.connect(address)
        backend.script[address] = [forever]
    loop = asyncio.get_running_loop()
    before = loop.time()
    await radio.aclose()
    assert 1.0 < loop.time() - before < 1.9
    assert sorted(call[2] for call in backend.calls if call[0] == "disconnect") == sorted(LINKS)
