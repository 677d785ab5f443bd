"""Whatever is asked of a lab, cancelled and broken meanwhile: its events hold together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from random import Random

import pytest

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.failure import BleError, ErrorKind
from bletui.model import (
    Event,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    Peer,
    Prompt,
    PromptClosed,
    ScanRequest,
)
from bletui.testing.virtual_time import run
from tests.backends.simulator.virtual import CHIP0, CHIP1, HCI0, Lab, lab

ROLES = ("heart rate", "counter", "vault", "resets", "drops at random", "every third", f"passkey {PASSKEY}", "compares")
FAULTS = (
    "connect:busy:10%,connect:failed:20%,read:timeout:5%,drop:timeout:20%,pair:failed:10%,"
    "lane:reboot[router/0]@20s-25s,lane:off[hci0]@40s-45s,lane:down[router/1]@60s-61s"
)
UNDONE_WITHIN = 2.0  # seconds


async def ask(b: Lab, dice: Random) -> None:
    """One call, sometimes cancelled."""
    peer = Peer(dice.choice((HCI0, CHIP0, CHIP1)), address(dice.choice(ROLES)))
    within, handle, backend = dice.uniform(0.1, 8.0), dice.choice((0x03, 0x17, 0x1A, 0x20)), b.backend
    lane = peer.lane
    calls: list[Awaitable[object]] = [
        backend.connect(peer.address, lane=lane, address_type=None, pair=dice.random() < 0.3, within=within),
        backend.connect(peer.address, lane=lane, address_type="random", pair=False, within=within),
        backend.disconnect(peer, within=within),
        backend.discover(peer, refresh=dice.random() < 0.5, within=within),
        backend.read(peer, handle, within=within),
        backend.write(peer, handle, dice.randbytes(dice.randrange(6)), response=dice.random() < 0.7, within=within),
        backend.subscribe(peer, handle, mode=dice.choice(("notify", "indicate", "off")), within=within),
        backend.pair(peer, within=within),
        backend.unpair(peer, within=within),
        backend.rssi(peer, within=within),
        backend.answer(dice.randrange(1, 9), dice.choice((None, PASSKEY, "1", "0", "nonsense"))),
    ]
    chosen = calls.pop(dice.randrange(len(calls)))
    for other in calls:
        other.close()  # type: ignore[attr-defined]
    patience = dice.uniform(0.0, 3.0) if dice.random() < 0.3 else 100.0
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(patience):
            await chosen
    except BleError as failed:
        assert failed.failure.kind is not ErrorKind.INTERNAL_BUG
    except TimeoutError:
        assert loop.time() - began < patience + UNDONE_WITHIN


async def story(seed: int) -> list[Event]:
    dice = Random(seed)
    async with lab(f"seed={seed}&fault={FAULTS}") as b:
        b.backend.scan(ScanRequest())
        async with asyncio.TaskGroup() as group:
            for _ in range(200):
                group.create_task(ask(b, dice))
                await asyncio.sleep(dice.expovariate(2.0))
        for event in list(b.of(LinkChanged)):
            await b.backend.disconnect(event.peer, within=5.0)
        return b.listener.events


def holds_together(events: list[Event]) -> None:
    up: dict[Peer, bool] = {}
    used: Counter[str] = Counter()
    lanes: dict[str, LaneChanged] = {}
    questions: dict[int, Peer] = {}
    last: dict[str, float] = {}
    for event in events:
        match event:
            case LinkChanged(peer=peer, state="up"):
                assert peer.lane in lanes
                used[peer.lane] += not up.get(peer, False)
                up[peer] = True
            case LinkChanged(peer=peer, state="down", reason=reason):
                assert up.pop(peer), "a link ended that was not up"
                assert reason is not None
                used[peer.lane] -= 1
                assert peer not in questions.values(), "its question was not closed before"
            case LaneChanged(lane=lane):
                lanes[lane.id] = event
                assert lane.slots_used == used[lane.id]
                assert 0 <= used[lane.id] <= (lane.slots_max or 0)
            case LaneDown(lane=gone):
                assert used[gone] == 0
                del lanes[gone]
            case Notification(peer=peer):
                assert up[peer], "a notification without a link"
            case Prompt(id=number, peer=peer):
                assert up[peer]
                questions[number] = peer
            case PromptClosed(id=number):
                del questions[number]
            case _:
                pass
        where = event.peer.lane if isinstance(event, LinkChanged | Notification) else getattr(event, "lane", None)
        if isinstance(where, str):
            assert event.at >= last.get(where, 0.0), "time ran backwards on a lane"
            last[where] = event.at
    assert not any(up.values())
    assert not questions


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_asked_the_events_hold_together(seed: int) -> None:
    events = run(lambda: story(seed), limit=600.0)
    holds_together(events)
    assert {type(event) for event in events} >= {LinkChanged, LaneDown, LaneChanged}


def test_the_same_seed_gives_the_same_events() -> None:
    assert run(lambda: story(5), limit=600.0) == run(lambda: story(5), limit=600.0)
