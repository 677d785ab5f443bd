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
from bletui.news import News
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
EXPIRY = "router:expire@400ms-500ms/2s"  # whatever it falls into


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
        self._news = News()

    async def follow(self) -> None:
        async for batch in self.seat.events():
            self._folding.add(batch)
            self.events += batch.events
            self._news.tell()

    @property
    def now(self) -> Snapshot:
        return self._folding.snapshot()

    async def until(self, true: Callable[[], object], within: float = 10.0) -> None:
        assert await self._news.until(true, within), f"not within {within:g} s"

    def usable(self, mac: str) -> bool:
        known = self.now.lanes.get(lane(mac))
        return known is not None and known.lane.usable is None

    def scans(self, mac: str) -> bool:
        told = self.now.streams.get((lane(mac), "scan"))
        return told is not None and told.state == "live"

    async def notifies(self, place: Place, value: bytes) -> None:
        """The device says it again where the token's end has taken a stream, and a notification with it."""

        def told() -> bool:
            heard = (event for event in self.events if isinstance(event, Notification))
            return any((event.peer.address, event.value) == (place.peer.address, value) for event in heard)

        for _ in range(20):
            place.notify(value)
            if await self._news.until(told, 0.5):
                return
        raise AssertionError(f"{value!r} has not come")

    def heard(self) -> list[Advertisement]:
        return [event for event in self.events if isinstance(event, Advertisement)]

    def states(self, stream: str) -> list[str]:
        """Of one of the controller's own streams."""
        return self._told(None, stream)

    def streams(self, mac: str, stream: str) -> list[str]:
        """Of one of a router's."""
        return self._told(lane(mac), stream)

    def _told(self, of: str | None, stream: str) -> list[str]:
        told = [event for event in self.events if isinstance(event, StreamChanged)]
        return [event.state for event in told if (event.lane, event.stream) == (of, stream)]


def lane(mac: str) -> str:
    return f"ac/{mac}/0"


@asynccontextmanager
async def controller(*places: Place) -> AsyncIterator[str]:
    """Where the routers of these places are reached."""
    radios = [QueuedRadio(place, place.lane.id.partition("/")[0]) for place in places]
    for radio in radios:
        await radio.open()
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    scenario = faults.Scenario(faults.read([EXPIRY])[0])
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
        await seen.seat.scan(ScanRequest())
        await seen.until(lambda: seen.scans(HALL) and seen.scans(YARD) and lane(ROOF) in seen.now.lanes)
        offline = seen.now.lanes[lane(ROOF)].lane.usable
        assert offline is not None
        assert (offline.kind, offline.router) == (ErrorKind.ROUTER_UNAVAILABLE, ROOF)
        await connected(seen, hall, HALL)
        await connected(seen, yard, YARD)
        async with gone_in_mid_read(seen, hall):
            assert await seen.seat.perform(Read(IN_YARD, handle=READABLE)) == bytes([READABLE])  # nobody else notices
            assert list(seen.now.links) == [Peer(lane(YARD), IN_YARD)]
            await up_for_the_first_time(seen, roof)
            await the_token_expired(seen, yard)
        await back(seen, hall)
    assert hall.calls[-1][0] == "disconnect"  # ours are released on leaving


async def connected(seen: Seen, place: Place, mac: str) -> None:
    """A link with a value that notifies."""
    where = place.peer.address
    assert await seen.seat.connect(where, lane=lane(mac), address_type="random") == Peer(lane(mac), where)
    await seen.seat.perform(Subscribe(where, handle=NOTIFYING, mode="notify"))
    await seen.notifies(place, b"before")


@asynccontextmanager
async def gone_in_mid_read(seen: Seen, hall: Place) -> AsyncIterator[None]:
    """The router goes offline with a read on its way, which ends there when the block does."""
    begun, going_on = asyncio.Event(), asyncio.Event()

    async def stuck() -> None:
        begun.set()
        await going_on.wait()

    hall.script[IN_HALL] = [stuck]
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(outcome(seen.seat, Read(IN_HALL, handle=READABLE)))
        async with asyncio.timeout(5):
            await begun.wait()
        hall.turn(on=False)
    lost = reading.result()
    assert lost is not None
    assert (lost.kind, lost.router) == (ErrorKind.ROUTER_UNAVAILABLE, HALL)
    [down] = [event for event in seen.events if isinstance(event, LinkChanged) and event.state == "down"]
    assert (down.peer, down.reason) == (Peer(lane(HALL), IN_HALL), lost)
    [end] = [event for event in seen.events if isinstance(event, SubscriptionChanged) and event.lost]
    assert (end.peer.address, end.handle, end.lost) == (IN_HALL, NOTIFYING, lost)
    assert [event.lane for event in seen.events if isinstance(event, LaneDown)] == [lane(HALL)]
    await seen.until(lambda: lane(HALL) in seen.now.lanes)
    assert seen.now.lanes[lane(HALL)].lane.usable == lost
    yield
    going_on.set()


async def up_for_the_first_time(seen: Seen, roof: Place) -> None:
    """It scans by itself, and carries a link."""
    roof.turn(on=True)
    await seen.until(lambda: seen.usable(ROOF) and seen.scans(ROOF))
    roof.advertise()
    await seen.until(seen.heard)
    assert {(event.lane, event.address) for event in seen.heard()} == {(lane(ROOF), ON_ROOF)}
    await seen.seat.connect(ON_ROOF, lane=lane(ROOF), address_type="random")


async def the_token_expired(seen: Seen, yard: Place) -> None:
    """Streams end and are opened with a new one; no link ends, nobody is refused, and no token is told."""
    await seen.until(lambda: "broken" in seen.states("events"))
    await seen.until(lambda: seen.states("events")[-1] == "live" and seen.scans(YARD) and seen.scans(ROOF))
    await seen.until(lambda: seen.streams(YARD, "notify")[-2:] == ["opening", "live"])
    await seen.notifies(yard, b"after")
    assert set(seen.now.links) == {Peer(lane(YARD), IN_YARD), Peer(lane(ROOF), ON_ROOF)}
    assert "word" not in repr(seen.events)


async def back(seen: Seen, hall: Place) -> None:
    """With the link that the router had kept: still ours, its value armed again."""
    hall.turn(on=True)
    await seen.until(lambda: seen.usable(HALL) and seen.scans(HALL))
    await seen.until(lambda: (Peer(lane(HALL), IN_HALL), NOTIFYING) in seen.now.subscriptions)
    assert seen.now.links[Peer(lane(HALL), IN_HALL)].foreign is False
    await seen.notifies(hall, b"again")


async def outcome(seat: Attachment, request: Read) -> Failure | None:
    try:
        await seat.perform(request)
    except BleError as failed:
        return failed.failure
    return None
