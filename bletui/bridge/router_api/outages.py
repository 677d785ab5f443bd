"""What befalls the whole router on request: it reboots, or all tokens end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Protocol

from bletui import scenario
from bletui.bridge.router_api.faults import STARTING, Fault, Scenario
from bletui.bridge.router_api.feed import Feed, links
from bletui.bridge.router_api.power import Power
from bletui.bridge.router_api.tokens import Tokens
from bletui.failure import BleError
from bletui.model import Disconnect, OpId

RELEASING = 5.0  # seconds for one link


class Door(Protocol):
    """What listens for clients."""

    def shut(self) -> None:
        """Connections are reset, new ones refused."""

    async def open_again(self) -> None: ...


async def run(
    wanted: Scenario,
    power: Power,
    feeds: Sequence[Feed],
    door: Door,
    tokens: Tokens | None,
    end_streams: Callable[[], None],
) -> None:
    """Until cancelled; each fault at its times."""
    numbers = count(1)

    async def reboot(begin: float, end: float) -> None:
        door.shut()
        power.fail()
        end_streams()
        await _release(feeds, numbers)
        await power.until(end - STARTING * (end - begin))
        await _release(feeds, numbers)  # what came up just then
        await door.open_again()
        await power.until(end)

    async def expire(begin: float, end: float) -> None:
        if tokens is not None:
            tokens.expire()
        end_streams()

    plays = {"reboot": reboot, "expire": expire}
    async with asyncio.TaskGroup() as tasks:
        for fault in wanted.faults:
            if fault.how in plays and fault.sort == "router":
                tasks.create_task(_at_its_times(fault, power, plays[fault.how]))


async def _at_its_times(fault: Fault, power: Power, play: Callable[[float, float], Awaitable[None]]) -> None:
    for begin, end in scenario.spans(power.seconds(), fault.start, fault.length, fault.every):
        await power.until(begin)
        await play(begin, end)


async def _release(feeds: Sequence[Feed], numbers: count[int]) -> None:
    """Ends every link; one that does not end is the radio's to tell of."""
    async with asyncio.TaskGroup() as tasks:
        for feed in feeds:
            for link in [one for one in links(feed.snapshots()) if one.state == "up"]:
                wanted = Disconnect(link.peer.address, link.peer.lane, force=True)
                seat = feed.attachment(link.peer.lane)
                call = seat.perform(wanted, op=OpId(f"{seat.owner.id}/power", next(numbers)), limit=RELEASING)
                tasks.create_task(_settled(call))


async def _settled(call: Awaitable[object]) -> None:
    try:
        await call
    except BleError:
        return
