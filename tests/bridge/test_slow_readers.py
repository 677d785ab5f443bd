"""One of 64 clients is stopped for a while: its loss is counted, its links are complete, the others lose nothing."""

from __future__ import annotations

import asyncio
from collections import Counter

from bletui.bridge import outbox
from bletui.bridge.protocol import messages as m
from bletui.failure import ErrorKind
from bletui.model import Advertisement, Event, LinkChanged, Notification, Peer, Shed
from bletui.radio import QueuedRadio
from tests.bridge.raw import Raw
from tests.bridge.running import bridge, seats
from tests.bridge.samples import values
from tests.radio.scripted import ScriptedBackend
from tests.waiting import until

CLIENTS = 64
HEARD = 12_000
LINKS = 200
END = Peer("a", "EE:EE:EE:EE:EE:EE")


def heard(n: int) -> Advertisement:
    return Advertisement(
        float(n), "a", f"C0:00:00:{n >> 16:02X}:{n >> 8 & 255:02X}:{n & 255:02X}", "random", -60, raw=b"x" * 229
    )


def counted(told: list[Event]) -> Counter[str]:
    """What arrived, by sort; what was told as shed under the name of what it was."""
    found: Counter[str] = Counter()
    for event in told:
        match event:
            case Advertisement():
                found["advertisements"] += 1
            case LinkChanged():
                found["links"] += 1
            case Notification():
                found["notifications"] += 1
            case Shed(what=what, count=count):
                found[f"shed {what}"] += count
            case _:
                pass
    return found


async def everything(raw: Raw) -> tuple[list[Event], list[int]]:
    """All that is told up to the last link's end, and each batch's number."""
    events: list[Event] = []
    numbers: list[int] = []
    while not (events and isinstance(events[-1], LinkChanged) and events[-1].peer == END):
        message = await raw.hear()
        assert message is not None
        if isinstance(message, m.Told):
            events += message.batch.events
            numbers.append(message.batch.seq)
    return events, numbers


async def test_a_stopped_client_costs_the_others_nothing() -> None:
    backend = ScriptedBackend()
    radio = QueuedRadio(backend, "a")
    await radio.open()
    left: list[dict[str, object]] = []
    async with (
        asyncio.timeout(60),
        bridge(radio, record=lambda event, **facts: left.append(facts) if event == "left" else None) as (made, socket),
    ):
        clients: list[Raw] = []
        for n in range(CLIENTS):
            clients.append(await Raw.to(socket))
            await clients[-1].seated(f"c{n}")
            await clients[-1].until(m.SnapshotPart)
        stopped, first, *others = clients
        sent: list[int] = []
        made.fanout.clients.add(lambda frames, _: sent.append(sum(len(frame.data) for frame in frames)))
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(everything(first))
            totals = [0] * len(others)
            draining = [group.create_task(drained(one, totals, n)) for n, one in enumerate(others)]
            # The stopped one reads nothing: its stream's buffer is filled, then the system's, then the bridge's.
            for start in range(0, HEARD, 500):
                backend.say(*map(heard, range(start, start + 500)))
                link = Peer("a", f"{start:017}")
                backend.say(LinkChanged(1.0, link, "up"), LinkChanged(2.0, link, "down"))
                await asyncio.sleep(0)
            await until(lambda: made.fanout.seq >= HEARD + 2 * HEARD // 500)
            waits = max(client.outbox.waiting for client in made.clients())
            assert outbox.DROPPABLE_MAX // 2 < waits < 2 * outbox.DROPPABLE_MAX
            (row,) = [seat for seat in (await seats(socket)).values() if seat.owner == "c0"]
            assert row.waiting == waits
            assert row.shed == values(made.metrics())["bletui_client_shed_total"] > 0
            backend.say(LinkChanged(3.0, END, "up"))
            events, numbers = await everything(stopped)
            await reading
            await until(lambda: set(totals) == {sum(sent)})  # bytes: what the first one got, they all did
            for task in draining:
                task.cancel()
        links = 2 * (HEARD // 500) + 1
        assert counted(reading.result()[0]) == {"advertisements": HEARD, "links": links}
        mine = counted(events)
        assert mine["links"] == links
        assert mine["shed advertisements"] > 0
        assert mine["advertisements"] + mine["shed advertisements"] == HEARD
        assert numbers == sorted(set(numbers))
        for raw in clients:
            raw.writer.close()
        await until(lambda: not made.clients())
        assert made.all_counts()["shed"] == mine["shed advertisements"]  # also when who lost them has gone
        assert {facts["owner"]: facts["shed"] for facts in left if facts["shed"]} == {"c0": made.all_counts()["shed"]}
    await radio.aclose()


async def drained(raw: Raw, totals: list[int], n: int) -> None:
    """Counts the bytes that come, for as long as they do."""
    while data := await raw.reader.read(1 << 20):
        totals[n] += len(data)


async def test_who_is_too_slow_for_what_may_not_be_lost_is_parted_with() -> None:
    backend = ScriptedBackend()
    radio = QueuedRadio(backend, "a")
    await radio.open()
    async with asyncio.timeout(30), bridge(radio) as (made, socket):
        raw = await Raw.to(socket)
        await raw.seated("slow")
        (client,) = made.clients()
        client.outbox = outbox.Outbox(kept_max=50_000)
        while made.clients():
            backend.say(*(LinkChanged(1.0, Peer("a", f"{n:017}"), "up") for n in range(500)))
            await asyncio.sleep(0)
        assert made.counts[f"refused {ErrorKind.BUSY_CAPACITY.value}"] == 1
        seat = made.seats.get("slow")
        assert seat is not None
        assert seat.client is None
        raw.writer.close()
    await radio.aclose()


async def test_who_asks_for_history_and_does_not_read_it_costs_next_to_nothing() -> None:
    """However often it asks: what waits for it is bounded, others are served, and it gets all of it when it reads."""
    backend = ScriptedBackend()
    radio = QueuedRadio(backend, "a")
    await radio.open()
    async with asyncio.timeout(30), bridge(radio) as (made, socket):
        for start in range(0, HEARD, 500):
            backend.say(*(heard(n)._replace(at=1.0) for n in range(start, start + 500)))
            await asyncio.sleep(0)
        await until(lambda: made.fanout.seq >= HEARD)
        asking, other = await Raw.to(socket), await Raw.to(socket)
        await asking.seated("asking", deaf=True)
        await other.seated("other", deaf=True)
        asking.say(*(m.Call(n, m.History(0.0)) for n in range(1, 201)))
        for n in range(1, 20):
            other.say(m.Call(n, m.AskStatus()))
            await other.until(m.Reply)
        waits = [one.outbox.waiting + one.transport.get_write_buffer_size() for one in made.clients()]
        assert max(waits) < outbox.DROPPABLE_MAX
        got: Counter[int] = Counter()
        while not (isinstance(message := await asking.hear(), m.Reply) and message.id == 2):
            if isinstance(message, m.Recalled):
                got[message.id] += len(message.batch.events)
        assert got[1] == got[2] == made.fanout.seq
        asking.writer.close()
        await until(lambda: len(made.clients()) == 1)
        other.writer.close()
    await radio.aclose()
