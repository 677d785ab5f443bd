"""Clients of a bridge that come and go: who stays and is cut off, visits, reads slowly, falls silent, or is rude."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from bletui.bridge.dialling import Line
from bletui.bridge.places import Place
from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.bridge.remote import RemoteRadio
from bletui.model import Advertisement, Event, LinkChanged, Owner, Read, Shed
from bletui.testing.memory_loop import MemoryLoop
from bletui.testing.virtual_time import clock

HOST, PORT = "127.0.0.1", 7325
PLACE = Place(host=HOST, port=PORT)
READS = 60.0  # seconds between two reads of who stays
SILENT_MAX = 300.0  # seconds after which the bridge must have parted with who says nothing any more
SOON = 15.0  # seconds in which it turns away who says no hello


def count(got: Counter[str], event: Event) -> None:
    match event:
        case Advertisement():
            got["advertisements"] += 1
        case LinkChanged():
            got["links"] += 1
        case Shed(what=what, count=lost):
            got[f"shed {what}"] += lost
        case _:
            pass


class Resident:
    """Stays all day, reads everything, asks for a value once a minute; its connection is cut now and then."""

    def __init__(self, name: str, address: str) -> None:
        self.got: Counter[str] = Counter()
        self.reads = 0
        self.attached = asyncio.Event()
        self._name = name
        self._request = Read(address, "r/0", handle=3)
        self._radio = RemoteRadio(PLACE, name, clock())

    async def live(self) -> None:
        seat = await self._radio.attach(Owner(self._name))
        self.attached.set()
        async with asyncio.TaskGroup() as group:
            self._asking = group.create_task(self._ask())
            async for batch in seat.events():
                for event in batch.events:
                    count(self.got, event)

    async def _ask(self) -> None:
        seat = await self._radio.attach(Owner(f"{self._name}-reads"), deaf=True)
        while True:
            await asyncio.sleep(READS)
            assert await seat.perform(self._request) == b"\x55"
            self.reads += 1

    async def leave(self) -> None:
        self._asking.cancel()
        await self._radio.aclose()


class Visitor:
    """Comes, looks for a while, leaves: for good or keeping its seat, with its connection or after that was cut."""

    def __init__(self, name: str, seed: int) -> None:
        self.visits = 0
        self._name = name
        self._chance = Random(f"{seed}/{name}")
        self._radio = RemoteRadio(PLACE, name, clock())

    async def live(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(1.0, 300.0))
            seat = await self._radio.attach(Owner(self._name, self._chance.choice(["viewer", "reader", "operator"])))
            try:
                async with asyncio.timeout(self._chance.uniform(0.0, 600.0)):
                    async for _ in seat.events():
                        pass
            except TimeoutError:
                pass
            await seat.detach(keep=self._chance.random() < 0.5)
            self.visits += 1

    async def leave(self) -> None:
        await self._radio.aclose()


async def cut(seed: int, cuts: Counter[str]) -> None:
    """Ends a client's connection, from either side, every few minutes."""
    chance = Random(f"{seed}/cut")
    loop = asyncio.get_running_loop()
    assert isinstance(loop, MemoryLoop)
    while True:
        await asyncio.sleep(chance.uniform(10.0, 400.0))
        ends = [end for end in loop.connections if isinstance(end.get_protocol(), Line)]
        if ends:
            ends.sort(key=lambda end: str(end.get_extra_info("sockname")))
            chance.choice(ends).abort()
            cuts["cut"] += 1


class Raw(asyncio.Protocol):
    """A client that does as little as it is told to; what it was told is counted by number."""

    def __init__(self) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.snapshot: asyncio.Future[int] = asyncio.get_running_loop().create_future()  # its number
        self.far = 0  # number of the last event
        self.got: Counter[str] = Counter()
        self.others = 0  # events that are neither advertisements nor sheds
        self.transport: asyncio.Transport
        self._reader = codec.BridgeReader()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        for message in self._reader.feed(data):
            match message:
                case m.SnapshotPart(more=False, batch=batch):
                    self.snapshot.set_result(batch.seq)
                case m.Told(batch=batch):
                    for event in batch.events:
                        count(self.got, event)
                        self.others += not isinstance(event, Advertisement | Shed)
                    gone = sum(event.count - 1 for event in batch.events if isinstance(event, Shed))
                    self.far = batch.seq + len(batch.events) - 1 + gone
                case _:
                    pass

    def say(self, message: m.FromClient) -> None:
        self.transport.write(codec.from_client(message))

    @property
    def accounted(self) -> bool:
        """Whether every number since the snapshot was told, or told as shed."""
        events = self.got["advertisements"] + self.got["shed advertisements"] + self.others
        return events == self.far - self.snapshot.result()


@asynccontextmanager
async def connected() -> AsyncIterator[Raw]:
    """However it ends, the connection does too."""
    _, raw = await asyncio.get_running_loop().create_connection(Raw, HOST, PORT)
    try:
        yield raw
    finally:
        raw.transport.abort()


class Slow:
    """Beats as it should, and does not read for hours; then it reads on, and must find everything counted."""

    def __init__(self, seed: int) -> None:
        self.shed = 0
        self.visits = 0
        self.wrong: list[str] = []
        self._chance = Random(f"{seed}/slow")

    async def live(self) -> None:
        while True:
            async with connected() as raw:
                await self._read(raw)
            await raw.lost

    async def _read(self, raw: Raw) -> None:
        raw.say(m.Hello(codec.VERSIONS, "slow"))
        await raw.snapshot
        raw.transport.pause_reading()
        for _ in range(self._chance.randrange(20, 240)):
            await asyncio.sleep(30.0)
            raw.say(m.Beat(0.0))
        raw.transport.resume_reading()
        await asyncio.sleep(5.0)
        if raw.lost.done() or not raw.accounted:
            self.wrong.append(f"a slow reader's account does not add up: {dict(raw.got)}, lost {raw.lost}")
        self.shed += raw.got["shed advertisements"]
        self.visits += 1


class Dead:
    """Takes a seat and is never heard again: it must be parted with, and its connection must end."""

    def __init__(self, seed: int) -> None:
        self.deaths = 0
        self._chance = Random(f"{seed}/dead")

    async def live(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(1.0, 600.0))
            async with connected() as raw:
                raw.say(m.Hello(codec.VERSIONS, "dead", take="over"))
                await raw.snapshot
                raw.transport.pause_reading()  # also of how the connection ends
                await asyncio.sleep(SILENT_MAX)
                raw.transport.resume_reading()
                async with asyncio.timeout(SOON):
                    await asyncio.shield(raw.lost)
            self.deaths += 1


class Rude:
    """Sends what is no hello, or a part of one, or nothing: the bridge must end it."""

    def __init__(self, seed: int) -> None:
        self.turned_away = 0
        self._chance = Random(f"{seed}/rude")

    async def live(self) -> None:
        for n in itertools.count():
            await asyncio.sleep(self._chance.uniform(1.0, 300.0))
            said = (b"", codec.from_client(m.Hello(codec.VERSIONS, "rude"))[:7], self._chance.randbytes(64))[n % 3]
            async with connected() as raw, asyncio.timeout(SOON):
                raw.transport.write(said)
                await asyncio.shield(raw.lost)
            self.turned_away += 1
