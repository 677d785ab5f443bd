"""bluetoothd dies and is started again: the scan is back in two seconds, the link and what it delivers with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.options import options
from bletui.backends.local.patience import Patience
from bletui.model import (
    Connect,
    Discover,
    Event,
    GattTree,
    LinkChanged,
    Notification,
    OperationChanged,
    OpId,
    Owner,
    Peer,
    ScanRequest,
    StreamChanged,
    Subscribe,
)
from bletui.radio import Attachment, QueuedRadio
from bletui.target import parse
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import DESK, MAIN, NOTIFY
from tests.backends.local.told import BARE, ENV, LANE

SCANNING_WITHIN = 2.0  # seconds from the return of bluetoothd
LINK = Peer(LANE, MAIN.address)


class Desk:
    """A person with a link and a subscription, and what the radio tells them."""

    def __init__(self, fake: FakeBluez, seat: Attachment) -> None:
        self.fake = fake
        self.seat = seat
        self.events: list[Event] = []
        self._batches = seat.events()

    async def until(self, true: Callable[[Event], bool], since: int | None = None) -> Event:
        """Reads on to the next event for which it holds; `since`: or to one from that number on, read already."""
        if since is not None and (found := next(filter(true, self.events[since:]), None)):
            return found
        async with asyncio.timeout(15):
            async for batch in self._batches:
                self.events += batch.events
                if found := next(filter(true, batch.events), None):
                    return found
        raise AssertionError("the seat ended")

    async def returned(self, op: OpId, since: int) -> None:
        """Waits until what brings the link back is done."""

        def is_done(event: Event) -> bool:
            return isinstance(event, OperationChanged) and event.operation.id == op and event.operation.state == "done"

        await self.until(is_done, since)

    async def linked(self) -> int:
        """Scans, connects, subscribes; the handle that delivers."""
        await self.seat.scan(ScanRequest())
        await self.seat.perform(Connect(MAIN.address, LANE, "random"))
        tree = await self.seat.perform(Discover(MAIN.address, LANE))
        assert isinstance(tree, GattTree)
        handle = next(one.handle for service in tree.services for one in service.characteristics if one.uuid == NOTIFY)
        await self.seat.perform(Subscribe(MAIN.address, LANE, handle=handle, mode="notify"))
        return handle

    async def delivered(self, value: bytes) -> Notification:
        peer = self.fake.peers[MAIN.address]
        assert peer.notify(peer.handle(NOTIFY), value), "nobody listens at the device"
        found = await self.until(lambda event: isinstance(event, Notification) and event.value == value)
        assert isinstance(found, Notification)
        return found


@asynccontextmanager
async def desk(fake: FakeBluez) -> AsyncIterator[Desk]:
    radio = QueuedRadio(LinuxBackend(options(parse("local:")), ENV, BARE, Patience()), "local")
    await radio.open()
    try:
        yield Desk(fake, await radio.attach(Owner("me")))
    finally:
        await radio.aclose()


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBluez]:
    async with FakeBluez(peripherals=DESK) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        yield fake


def live(event: Event) -> bool:
    return isinstance(event, StreamChanged) and event.lane == LANE and event.state == "live"


@pytest.mark.parametrize("end", ["killed", "stopped"])
async def test_scan_link_and_delivery_are_back(fake: FakeBluez, end: str) -> None:
    async with desk(fake) as it:
        handle = await it.linked()
        await it.delivered(b"before")
        await (fake.crash() if end == "killed" else fake.stop())
        waits = await it.until(lambda event: isinstance(event, OperationChanged) and event.operation.state == "waiting")
        assert isinstance(waits, OperationChanged)
        assert (waits.operation.request, waits.operation.id.owner) == (
            Connect(MAIN.address, LANE, "random"),
            "me/returning",
        )
        assert waits.operation.failure is not None, "the log has no reason"
        loop, back = asyncio.get_running_loop(), len(it.events)
        await fake.start()
        began = loop.time()
        await it.until(live)
        assert loop.time() - began < SCANNING_WITHIN
        await it.returned(waits.operation.id, back)
        await it.until(lambda _: fake.peers[MAIN.address].handle(NOTIFY) in fake.peers[MAIN.address].subscribed, back)
        assert (await it.delivered(b"after")).handle == handle
        up = [event for event in it.events if isinstance(event, LinkChanged) and event.state == "up"]
        assert {link.foreign for link in up} == {False}


async def test_an_adapter_that_is_switched_off_and_on_has_its_link_back(fake: FakeBluez) -> None:
    async with desk(fake) as it:
        await it.linked()
        await it.delivered(b"before")
        fake.adapters["hci0"].set_powered(False)
        waits = await it.until(lambda event: isinstance(event, OperationChanged) and event.operation.state == "waiting")
        back = len(it.events)
        fake.adapters["hci0"].set_powered(True)
        assert isinstance(waits, OperationChanged)
        await it.returned(waits.operation.id, back)
        await it.until(lambda _: fake.peers[MAIN.address].handle(NOTIFY) in fake.peers[MAIN.address].subscribed, back)
        await it.delivered(b"after")
