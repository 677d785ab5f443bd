"""A stop with ten links: over within two seconds, and the far side has none of them any more."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from bletui.bridge.places import Place
from bletui.bridge.remote import RemoteRadio
from bletui.model import Connect, Owner
from bletui.radio import QueuedRadio
from bletui.testing.virtual_time import in_virtual_time
from tests.bridge.test_killed import FOREIGN, Site, processes, router, started
from tests.radio.playing import forever
from tests.radio.scripted import ScriptedBackend

LINKS = [f"C0:DE:1A:B0:00:{n:02X}" for n in (1, 2, 3, 5, 9, 0xC, 0xD, 0xE, 0xF)] + ["00:1A:B0:00:00:12"]
WITHIN = 30.0

__all__ = ["processes"]  # a fixture


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_a_stop_with_ten_links_is_over_in_two_seconds_and_leaves_none(
    tmp_path: Path, processes: list[asyncio.subprocess.Process]
) -> None:
    socket = Path(f"/tmp/bletui-{os.getpid()}-stopping/s")
    took: list[float] = []
    async with asyncio.timeout(3 * WITHIN), router(24) as (far, port), asyncio.TaskGroup() as tasks:
        site = Site(tasks, far)
        await far.perform(Connect(FOREIGN, None, "random"))
        foreign = {FOREIGN, *site.links}
        while min(took, default=2.0) >= 2.0 and len(took) < 3:  # a machine that does other things gets another try
            process = await started(port, socket, tmp_path, processes)
            seat = await RemoteRadio(Place(socket=socket), "b").attach(Owner("me"))
            for address in LINKS:
                await seat.perform(Connect(address, None, "public" if address.startswith("00") else "random"))
            while site.links != {*foreign, *LINKS}:
                await asyncio.sleep(0.01)
            before = time.monotonic()
            process.terminate()
            await process.wait()
            took.append(time.monotonic() - before)
            while site.links != foreign:  # told by then, and read by us in the next turns
                await asyncio.sleep(0.01)
            await seat.detach(keep=True)
        assert min(took) < 2.0
        assert foreign.isdisjoint(site.ended)
        site.task.cancel()


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
