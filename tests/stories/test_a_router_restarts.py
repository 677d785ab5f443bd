"""A router that restarts, or can't be reached for a while, has its links back when its lanes are."""

from __future__ import annotations

import asyncio

from benchmarks.soak_links.places import client, opened, served, troubled
from bletui.backend import Env
from bletui.backends.simulator import open_target
from bletui.backends.simulator.lab import address
from bletui.model import LaneDown, LinkChanged, OperationChanged, Owner
from bletui.radio import Attachment, QueuedRadio
from bletui.target import parse
from bletui.testing.memory_loop import MemoryLoop
from bletui.testing.virtual_time import clock, in_virtual_time, run

REBOOT, AWAY = 15, 20  # seconds
DEVICE = address("counter")


async def told_of(seat: Attachment) -> list[str]:
    """What befalls a link from the end of its lane to its return."""
    peer = await seat.connect(DEVICE, address_type="random")
    told: list[str] = []
    async with asyncio.timeout(300):
        async for batch in seat.events():
            for event in batch.events:
                match event:
                    case LaneDown(lane=lane) if lane == peer.lane:
                        told.append("gone")
                    case OperationChanged(operation=one) if one.id.owner == "me/returning" and one.state not in told:
                        told.append(one.state)
                    case LinkChanged(peer=found, state="up", foreign=False) if found == peer and told:
                        told.append("up")
            if "done" in told:
                return told
    raise AssertionError("the seat ended")


@in_virtual_time
async def test_its_links_are_back_in_the_simulator() -> None:
    target = f"sim:lab?lanes=1&fault=lane:reboot@{REBOOT}s-{REBOOT + AWAY}s"
    radio = QueuedRadio(open_target(parse(target), Env("sim", clock=clock())), "sim", clock=clock())
    await radio.open()
    told = await told_of(await radio.attach(Owner("me")))
    assert told == ["gone", "waiting", "running", "up", "done"]
    await radio.aclose()


def test_its_links_are_back_over_http() -> None:
    async def story() -> list[str]:
        site, scenario = troubled("sim:lab", f"router:reboot@{REBOOT}s", 1)
        async with served(site, scenario, 1), opened(client(1), "lab", 1) as radio:
            return await told_of(await radio.attach(Owner("me")))

    told = run(story, limit=600.0, loop_factory=MemoryLoop)
    assert told[0] == "waiting"
    assert {"up", "done"} <= set(told)
