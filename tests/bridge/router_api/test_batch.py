"""Batch connects at a backend that counts: one at a time on each chip, in turns, each in its time."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import AddressType, LaneDown, LinkChanged, Peer
from tests.bridge.router_api.client import Reply, ask, stream
from tests.bridge.router_api.linked import LinkedBackend
from tests.bridge.router_api.site import AT, Site, lane, site
from tests.waiting import until

STATES = "/management/nodes/connection-state"
NOBODY, SOMEBODY = "02:00:00:00:00:01", "02:00:00:00:00:02"


class Counting(LinkedBackend):
    """Takes a moment for each connect, and knows how many there are at a time."""

    def __init__(self, *devices: str) -> None:
        super().__init__(lane(0), lane(1), devices=dict.fromkeys(devices, ()))
        self.running: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.drops: Counter[str] = Counter()  # links that end as they come up

    async def connect(
        self, address: str, *, lane: str | None, address_type: AddressType | None, pair: bool, within: float
    ) -> Peer:
        assert lane is not None
        self.running[lane] += 1
        self.most[lane] = max(self.most[lane], self.running[lane])
        try:
            await asyncio.sleep(0.005)
            if self.drops[address]:
                self.drops[address] -= 1
                raise BleError(Failure(kind=ErrorKind.LINK_CONNECT_FAILED, operation="connect", address=address))
            return await super().connect(address, lane=lane, address_type=address_type, pair=pair, within=within)
        finally:
            self.running[lane] -= 1


async def batch(it: Site, *devices: str, **more: object) -> Reply:
    body = {"list": [{"type": "random", "addr": device} for device in devices], **more}
    return await ask(it.port, "/gap/batch-connect", method="POST", body=json.dumps(body).encode())


async def test_two_chips_connect_at_a_time_and_one_device_on_each() -> None:
    devices = [f"AA:00:00:00:00:{n:02X}" for n in range(20)]
    backend = Counting(*devices)
    async with site(backend) as it, stream(it.port, STATES) as states:
        assert (await batch(it, *devices, *devices)).body == b"OK"
        events = await states.events(len(devices))
    assert {event["handle"] for event in events} == set(devices)
    assert {event["connectionState"] for event in events} == {"connected"}
    assert backend.most == {"r/0": 1, "r/1": 1}
    assert Counter(address for address, _, _ in backend.asked) == Counter(devices)


async def test_a_device_that_fails_is_tried_again_behind_the_others_until_its_time_is_over() -> None:
    backend = Counting(SOMEBODY)
    async with site(backend, speed=5.0) as it, stream(it.port, STATES) as states:
        assert (await batch(it, NOBODY, NOBODY[:-1] + "3", SOMEBODY, timeout=400, per_dev_timeout=2000)).body == b"OK"
        events = await states.events(3)
    first, *others = [(event["handle"], event["connectionState"]) for event in events]
    assert first == (SOMEBODY, "connected")
    assert {state for _, state in others} == {"connect timeout"}
    turns = [address for address, _, _ in backend.asked]
    assert turns.index(SOMEBODY) == 2
    assert turns.count(SOMEBODY) == 1
    assert 3 <= turns.count(NOBODY) <= 6  # each attempt has at most 400 of the 2000 ms


async def test_a_link_that_drops_as_it_comes_up_is_made_again() -> None:
    backend = Counting(SOMEBODY)
    backend.drops[SOMEBODY] = 2
    async with site(backend, speed=20.0) as it, stream(it.port, STATES) as states:
        await batch(it, SOMEBODY)
        assert (await states.event())["connectionState"] == "connected"
    assert backend.drops[SOMEBODY] == 0


async def test_a_batch_and_a_single_call_respect_each_other() -> None:
    devices = [f"AA:00:00:00:00:{n:02X}" for n in range(6)]
    backend = Counting(*devices, SOMEBODY)
    async with site(backend) as it, stream(it.port, STATES) as states:
        await batch(it, *devices)
        texts: list[bytes] = []
        while not texts or texts[-1] != b"OK":
            path = f"/gap/nodes/{SOMEBODY}/connection"
            texts.append((await ask(it.port, path, method="POST", body=b'{"type":"random"}')).body)
        assert set(texts) <= {b"chip is busy", b"OK"}
        assert len(await states.events(7)) == 7
    assert backend.most == {"r/0": 1, "r/1": 1}


async def test_who_is_connected_already_is_left_alone() -> None:
    backend = Counting(SOMEBODY, NOBODY)
    async with site(backend) as it:
        backend.say(LinkChanged(AT, Peer("r/1", NOBODY), "up"))
        async with stream(it.port, STATES) as states:
            await batch(it, NOBODY, SOMEBODY)
            assert (await states.event())["handle"] == SOMEBODY
    assert [address for address, _, _ in backend.asked] == [SOMEBODY]


async def test_a_batch_waits_for_a_chip_that_is_busy() -> None:
    backend = LinkedBackend(lane(0), devices={SOMEBODY: ()})
    async with site(backend) as it, stream(it.port, STATES) as states, asyncio.TaskGroup() as tasks:
        single = json.dumps({"type": "random", "timeout": 300}).encode()
        slow = tasks.create_task(ask(it.port, f"/gap/nodes/{NOBODY}/connection", method="POST", body=single))
        await until(lambda: bool(backend.asked))
        assert (await batch(it, SOMEBODY)).body == b"OK"
        assert not slow.done()
        assert (await ask(it.port, "/gap/nodes")).json == {"nodes": {}}  # others are served meanwhile
        assert (await states.event())["handle"] == SOMEBODY
        assert (await slow).status == 500
    assert [address for address, _, _ in backend.asked] == [NOBODY, SOMEBODY]


async def test_a_chip_that_goes_away_holds_up_nobody_but_its_batch() -> None:
    backend = LinkedBackend(lane(0), devices={})
    gone = LaneDown(AT, "r/0", Failure(kind=ErrorKind.ADAPTER_MISSING))
    async with site(backend, speed=20.0) as it, stream(it.port, STATES) as states:
        assert (await batch(it, NOBODY, timeout=5000, per_dev_timeout=6000)).body == b"OK"
        await until(lambda: bool(backend.asked))
        backend.say(gone)
        for _ in range(3):
            assert (await ask(it.port, "/cassia/info")).json["chipinfo"] == {}
        event = await states.event()
    assert (event["handle"], event["connectionState"]) == (NOBODY, "connect timeout")
