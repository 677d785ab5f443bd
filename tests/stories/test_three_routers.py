"""Three routers behind an access controller, over real sockets: one goes offline in mid-GATT, one comes up, the token
expires, the first is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bletui import registry
from bletui.backend import Env
from bletui.bridge.router_api import faults
from bletui.bridge.router_api.server import Listen, bind, serve
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import (
    Advertisement,
    Characteristic,
    Descriptor,
    Event,
    Folding,
    GattTree,
    Lane,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    Owner,
    Peer,
    Properties,
    Read,
    ScanRequest,
    Service,
    Snapshot,
    StreamChanged,
    Subscribe,
    SubscriptionChanged,
)
from bletui.radio import Attachment, QueuedRadio
from bletui.target import parse
from tests.radio.scripted import ScriptedBackend

HALL, YARD, ROOF = (f"CC:1B:E0:00:00:0{n}" for n in (1, 2, 3))
IN_HALL, IN_YARD, ON_ROOF = (f"F6:12:3D:BD:DE:4{n}" for n in (1, 2, 3))
READABLE, NOTIFYING, CCCD = 3, 13, 14
OFF = Failure(kind=ErrorKind.ADAPTER_OFF)
TREE = (
    Service(
        "0000180a-0000-1000-8000-00805f9b34fb",
        1,
        (
            Characteristic("00002a29-0000-1000-8000-00805f9b34fb", READABLE, Properties(2)),
            Characteristic(
                "00002a37-0000-1000-8000-00805f9b34fb",
                NOTIFYING,
                Properties(16),
                (Descriptor("00002902-0000-1000-8000-00805f9b34fb", CCCD),),
            ),
        ),
    ),
)
EXPIRY = 1.5  # seconds after the controller has begun


class Place(ScriptedBackend):
    """What one router hears and reaches: a device with a value to read and one that notifies."""

    def __init__(self, name: str, device: str, *, usable: Failure | None = None) -> None:
        self.lane = Lane(f"{name}/0", chip=0)
        self.peer = Peer(self.lane.id, device)
        super().__init__(replace(self.lane, usable=usable))

    async def discover(self, peer: Peer, *, refresh: bool, within: float) -> GattTree:
        return GattTree(peer, TREE)

    def turn(self, *, on: bool) -> None:
        self.say(LaneChanged(5.0, replace(self.lane, usable=None if on else OFF)))

    def notify(self, value: bytes) -> None:
        self.say(Notification(6.0, self.peer, NOTIFYING, value))

    def advertise(self) -> None:
        self.say(Advertisement(6.0, self.lane.id, self.peer.address, "random", -50, "ADV_IND", b"\x02\x01\x06"))


@dataclass
class Seen:
    """Everything that one seat was told, in order, and what it adds up to."""

    seat: Attachment
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._folding = Folding(self.seat.snapshot)
        self._more = asyncio.Event()

    async def follow(self) -> None:
        async for batch in self.seat.events():
            self._folding.add(batch)
            self.events += batch.events
            self._more.set()

    @property
    def now(self) -> Snapshot:
        return self._folding.snapshot()

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self._more.clear()
                await self._more.wait()

    def usable(self, mac: str) -> bool:
        known = self.now.lanes.get(lane(mac))
        return known is not None and known.lane.usable is None

    def scans(self, mac: str) -> bool:
        told = self.now.streams.get((lane(mac), "scan"))
        return told is not None and told.state == "live"

    def notified(self, address: str) -> list[bytes]:
        told = [event for event in self.events if isinstance(event, Notification)]
        return [event.value for event in told if event.peer.address == address]

    def states(self, stream: str) -> list[str]:
        """Of the controller's own streams."""
        told = [event for event in self.events if isinstance(event, StreamChanged) and event.lane is None]
        return [event.state for event in told if event.stream == stream]


def lane(mac: str) -> str:
    return f"ac/{mac}/0"


@asynccontextmanager
async def controller(*places: Place) -> AsyncIterator[str]:
    """Where the routers of these places are reached."""
    radios = [QueuedRadio(place, place.lane.id.partition("/")[0]) for place in places]
    for radio in radios:
        await radio.open()
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    scenario = faults.Scenario(faults.read([f"router:expire@{EXPIRY}s"])[0])
    try:
        async with asyncio.TaskGroup() as tasks:
            listener = bind(Listen("127.0.0.1", 0))
            serving = tasks.create_task(
                serve(radios, listener, ready=ready.set_result, macs=(HALL, YARD, ROOF), scenario=scenario)
            )
            yield f"cassia://LAB@{(await ready).removeprefix('http://')}/api"
            serving.cancel()
    finally:
        for radio in radios:
            await radio.aclose()


@asynccontextmanager
async def watched(target: str) -> AsyncIterator[Seen]:
    env = Env("ac", secret=lambda name: "key:word", speed=5.0)
    radio = await registry.open_radio(parse(target), env)
    seen = Seen(await radio.attach(Owner("me")))
    async with asyncio.TaskGroup() as group:
        group.create_task(seen.follow())
        try:
            yield seen
        finally:
            await radio.aclose()


async def test_three_routers() -> None:
    hall, yard, roof = Place("hall", IN_HALL), Place("yard", IN_YARD), Place("roof", ON_ROOF, usable=OFF)
    async with controller(hall, yard, roof) as target, watched(target) as seen:
        me = seen.seat
        await me.scan(ScanRequest())

        # Two of them can be used and scan; the third is there and says why it can't be used.
        await seen.until(lambda: seen.scans(HALL) and seen.scans(YARD) and lane(ROOF) in seen.now.lanes)
        offline = seen.now.lanes[lane(ROOF)].lane.usable
        assert offline is not None
        assert (offline.kind, offline.router) == (ErrorKind.ROUTER_UNAVAILABLE, ROOF)

        # A link at each, with a value that notifies.
        for place, mac in ((hall, HALL), (yard, YARD)):
            where = place.peer.address
            assert await me.connect(where, lane=lane(mac), address_type="random") == Peer(lane(mac), where)
            await me.perform(Subscribe(where, handle=NOTIFYING, mode="notify"))
            place.notify(b"before")
            await seen.until(lambda: seen.notified(where) == [b"before"])  # noqa: B023 - awaited here

        # The hall's router goes offline while a read is on its way.
        begun, going_on = asyncio.Event(), asyncio.Event()

        async def stuck() -> None:
            begun.set()
            await going_on.wait()

        hall.script[IN_HALL] = [stuck]
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(outcome(me, Read(IN_HALL, handle=READABLE)))
            async with asyncio.timeout(5):
                await begun.wait()
            hall.turn(on=False)
        lost = reading.result()
        assert lost is not None
        assert (lost.kind, lost.router) == (ErrorKind.ROUTER_UNAVAILABLE, HALL)
        down = [event for event in seen.events if isinstance(event, LinkChanged) and event.state == "down"]
        assert [event.peer for event in down] == [Peer(lane(HALL), IN_HALL)]
        assert down[0].reason is not None
        assert down[0].reason.kind is ErrorKind.ROUTER_UNAVAILABLE
        ends = [event for event in seen.events if isinstance(event, SubscriptionChanged) and event.lost]
        assert [(event.peer.address, event.handle) for event in ends] == [(IN_HALL, NOTIFYING)]
        assert [event.lane for event in seen.events if isinstance(event, LaneDown)] == [lane(HALL)]
        await seen.until(lambda: lane(HALL) in seen.now.lanes)
        assert not seen.usable(HALL)

        # Nobody else notices.
        assert await me.perform(Read(IN_YARD, handle=READABLE)) == bytes([READABLE])
        assert list(seen.now.links) == [Peer(lane(YARD), IN_YARD)]

        # The router on the roof comes up: it scans by itself, and carries a link.
        roof.turn(on=True)
        await seen.until(lambda: seen.usable(ROOF) and seen.scans(ROOF))
        heard = lambda: [event for event in seen.events if isinstance(event, Advertisement)]  # noqa: E731
        roof.advertise()
        await seen.until(heard)
        assert {(event.lane, event.address) for event in heard()} == {(lane(ROOF), ON_ROOF)}
        await me.connect(ON_ROOF, lane=lane(ROOF), address_type="random")

        # The token expires: streams end and are opened with a new one; no link ends, nothing is refused.
        await seen.until(lambda: "broken" in seen.states("events"))
        await seen.until(lambda: seen.states("events")[-1] == "live" and seen.scans(YARD) and seen.scans(ROOF))
        yard.notify(b"after")
        await seen.until(lambda: seen.notified(IN_YARD)[-1] == b"after")
        assert set(seen.now.links) == {Peer(lane(YARD), IN_YARD), Peer(lane(ROOF), ON_ROOF)}
        assert "word" not in repr(seen.events)

        # The hall is back, with the link that its router had kept: still ours, its value armed again.
        going_on.set()
        hall.turn(on=True)
        await seen.until(lambda: seen.usable(HALL) and seen.scans(HALL))
        await seen.until(lambda: (Peer(lane(HALL), IN_HALL), NOTIFYING) in seen.now.subscriptions)
        assert seen.now.links[Peer(lane(HALL), IN_HALL)].foreign is False
        hall.notify(b"again")
        await seen.until(lambda: seen.notified(IN_HALL)[-1] == b"again")
    assert [call[0] for call in hall.calls][-1] == "disconnect"  # ours are released on leaving


async def outcome(seat: Attachment, request: Read) -> Failure | None:
    try:
        await seat.perform(request)
    except BleError as failed:
        return failed.failure
    return None
